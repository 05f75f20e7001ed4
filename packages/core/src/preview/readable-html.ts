import sanitizeHtml from 'sanitize-html';
import { describeHost } from './hosts.ts';
import { readableText, type Where } from './readable-text.ts';

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags:
    'a b i u em strong p br hr div span h1 h2 h3 h4 ul ol li code pre blockquote table thead tbody tr th td'.split(' '),
  allowedAttributes: { a: ['href'] },
  allowedSchemes: ['http', 'https', 'mailto'],
};
const EMPTY_BLOCKS =
  /(?:<br \/>|<(p|div|h[1-4]|li)>\s*<\/\1>|<hr \/>)(?:\s*(?:<br \/>|<(p|div|h[1-4]|li)>\s*<\/\2>|<hr \/>)){8,}/gu;
const ANCHOR = /<a href="([^"]*)">(.*?)<\/a>/gsu;
const TAG = /<[^<>]*>/gu;
/** A host in the words of a link. */
const HOST_IN_WORDS = /(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,62}))(?:\.[\p{L}\p{N}][\p{L}\p{M}\p{N}-]{0,62}){1,8}/u;

const TAGS_MAX = 5_000;
const LINKS_MAX = 200;

/** HTML without anything that could load or run. Its texts are readable, and each link shows its target. */
export function readableHtml(html: string, where: Where): string {
  if (html.split('<').length > TAGS_MAX) {
    where.findings.host(`The HTML has more than ${TAGS_MAX.toLocaleString('en-US')} tags: its source is shown.`);
    return `<pre>${escaped(readableText(html, where))}</pre>`;
  }
  const show = (text: string): string => escaped(readableText(unescaped(text), where));
  const clean = sanitizeHtml(html, { ...ALLOWED, textFilter: show });
  let links = 0;
  const linked = clean.replaceAll(ANCHOR, (anchor, href: string, words: string) => {
    if (++links > LINKS_MAX) {
      where.findings.host('The HTML has more links than are checked.');
      return anchor;
    }
    const target = targetOf(unescaped(href));
    if (target === undefined) return anchor;
    const shown = unescaped(words.replaceAll(TAG, '')).trim();
    const posed = HOST_IN_WORDS.exec(shown.slice(0, 2_048))?.[0];
    if (posed !== undefined && !isOf(target, posed))
      where.findings.host(`A link shows ${posed}, and leads to ${describeHost(target)}.`);
    return `<a href="${href}">${words}</a>${escaped(` ⟨${describeHost(target)}⟩`)}`;
  });
  return linked.replaceAll(EMPTY_BLOCKS, (run) => {
    where.findings.paddedIn(where.place);
    return `<p>⟨… ${run.split('<').length - 1} empty lines …⟩</p>`;
  });
}

/** The host that a link leads to, or the address that it writes to; undefined = unknown. */
function targetOf(href: string): string | undefined {
  if (!URL.canParse(href)) return href === '' ? undefined : href.slice(0, 100);
  const { protocol, hostname, pathname } = new URL(href);
  return protocol === 'mailto:' ? pathname.slice(0, 254) : hostname;
}

const isOf = (target: string, posed: string): boolean => {
  const [host, wanted] = [target.toLowerCase(), posed.toLowerCase().replace(/^www\./, '')];
  return host === wanted || host.endsWith(`.${wanted}`) || host.endsWith(`@${wanted}`);
};

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
const unescaped = (text: string): string =>
  text.replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? '');
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
