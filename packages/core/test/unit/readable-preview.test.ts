import { describe, expect, it } from '@jest/globals';
import type { JsonObject, Preview } from '@proviso/contracts';
import fc from 'fast-check';
import { readableAgentPreview, readableLine, readablePreview } from '../../src/preview/readable-preview.ts';

const render = (more: Partial<Preview>): Preview => readablePreview({ title: 'Card', fields: [], ...more });
const body = (text: string): string => (render({ body: { text } }).body as { text: string }).text;
const html = (given: string): string => (render({ body: { html: given } }).body as { html: string }).html;
const value = (given: string): unknown => render({ fields: [{ label: 'Subject', value: given }] }).fields[0]?.value;
const warningsOf = (text: string): string[] => render({ body: { text } }).warnings ?? [];

const from = (...codes: number[]): string => String.fromCodePoint(...codes);
const hex = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

describe('an invisible character', () => {
  const UNSEEN = [
    0x00, 0x07, 0x08, 0x0c, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x034f, 0x061c, 0x115f, 0x1160, 0x17b4, 0x180e, 0x200b,
    0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062,
    0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f, 0x2800, 0x3164, 0xe000, 0xfe00, 0xfe0f, 0xfeff, 0xffa0,
    0xfff9, 0xffff, 0x1bca0, 0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe01ef, 0xf0000, 0x10fffd,
  ];

  it.each(UNSEEN)('%i is marked, with a warning, wherever it appears', (code) => {
    const hidden = `pay${from(code)}pal`;
    const shown = `pay⟨${hex(code)}⟩pal`;
    const before: JsonObject = { [hidden]: [hidden] };
    const rendered = readablePreview({
      title: hidden,
      fields: [{ label: hidden, value: { deep: [hidden] }, before }],
      body: { text: hidden },
      warnings: [hidden],
    });
    expect(rendered).toEqual({
      title: shown,
      fields: [{ label: shown, value: { deep: [shown] }, before: { [shown]: [shown] } }],
      body: { text: shown },
      warnings: [shown, expect.stringContaining('title')],
    });
    expect(rendered.warnings?.at(-1)).toMatch(/^Invisible.*: title, labels, .*body, warnings\.$/);
    expect(html(`<b>${hidden}</b>`)).toContain(code === 0 ? '<b>' : shown);
  });

  it('is counted in a run of them', () => {
    expect(body(`a${'\u200B'.repeat(2_000)}b`)).toBe('a⟨U+200B × 2000⟩b');
    expect(body(`a${'\u200B\u200C'.repeat(2_000)}b`)).toBe('a⟨… 4,000 invisible characters …⟩b');
    expect(body('a\u200B\u200B\u200D\u200Bb')).toBe('a⟨U+200B × 2⟩⟨U+200D⟩⟨U+200B⟩b');
  });

  it('cannot be imitated by a text with one of our marks', () => {
    expect(body('https://evil.example ⟨leads to bank.example⟩')).toBe(
      'https://evil.example ⟨U+27E8⟩leads to bank.example⟨U+27E9⟩',
    );
    expect(value('one⏎two')).toBe('one⟨U+23CE⟩two');
  });

  it('is never shown unmarked', () => {
    const alphabet = fc.constantFrom(
      ...UNSEEN.map((code) => from(code)),
      'a',
      ' ',
      '\n',
      'ا',
      'क',
      '\u094D',
      '👩',
      '❤',
    );
    const left =
      /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u034F\u061C\u115F\u1160\u17B4\u180E\u200B\u200E-\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\u{E0001}-\u{E007F}]/u;
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 30 }), (text) => {
        expect(JSON.stringify(render({ title: text, body: { text } })).replaceAll('\\n', '')).not.toMatch(left);
      }),
    );
  });
});

describe('a text in its own script', () => {
  it.each([
    ['emoji of several characters', '👩‍❤️‍👨 👨‍👩‍👧‍👦 1️⃣ #️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽 ❤️ ☎︎ 🏳️‍🌈 🇩🇪'],
    ['Persian with a joiner', 'می‌خواهم کتاب‌ها را'],
    ['Hindi and Bengali with joiners', 'क्‍ष श्री র‍্য'],
    ['Arabic with its vowels and signs', 'عَرَبِيّ ‏'.trim().replace('‏', '') + '\u0600١٢'],
    ['Hebrew', 'שָׁלוֹם עולם'],
    ['Japanese with a variant of a character', '葛\u{E0100}城　太郎さん、こんにちは'],
    ['French with its spaces', 'Prêt\u202F? «\u00A0oui\u00A0» 10\u202F000\u00A0€'],
    ['Russian and Greek', 'Привет, мир! Γειά σου Κόσμε. USB-кабель, 5 μm, Δx'],
    ['German with an address of its own country', 'Grüße aus Köln.'],
    ['a plain link and a plain address', 'See https://ok.example/a?b=c@d, http://[::1]/ or mail ada@ok.example.'],
  ])('is unchanged, without a warning: %s', (_, text) => {
    expect(render({ title: text, fields: [{ label: 'Subject', value: text }], body: { text } })).toEqual({
      title: text,
      fields: [{ label: 'Subject', value: text }],
      body: { text },
    });
  });

  it('gets a warning if one word mixes two alphabets', () => {
    expect(warningsOf('Your Аdmin')).toEqual(['body mixes alphabets in “Аdmin”: not Latin: А (U+0410).']);
    expect(warningsOf('αpple and ϲat')).toHaveLength(2);
  });
});

describe('a host', () => {
  it.each([
    [
      'https://bank.example@evil.example/x',
      'leads to evil.example',
      /begins with bank\.example@ leads to evil\.example/,
    ],
    ['https://bank.example:x@evil.example/x', 'leads to evil.example', /leads to evil\.example/],
    ['http://3232235777/', 'leads to 192.168.1.1', /192\.168\.1\.1/],
    ['http://0x7f.1/', 'leads to 127.0.0.1', /127\.0\.0\.1/],
    ['http://ev%69l.example/', 'leads to evil.example', /evil\.example/],
    ['https://аррӏе.com/', 'xn--80ak6aa92e.com', /may imitate others.*looks like/],
    ['https://bank.exаmple/', 'bank.xn--exmple-4nf', /may imitate others/],
    ['https://bücher.example/', 'xn--bcher-kva.example', /may imitate others/],
    ['https://ｂank.example/', 'bank.example', /bank\.example/],
    ['https://bank。evil.example/', 'bank.evil.example', /bank\.evil\.example/],
    ['xn--80ak6aa92e.com', 'аррӏе.com', /punycode.*looks like/],
    ['https://xn--80ak6aa92e.com/', 'аррӏе.com', /punycode/],
    ['www.аррӏе.com', 'www.xn--80ak6aa92e.com', /may imitate/],
    ['аррӏе.com/login', 'xn--80ak6aa92e.com', /may imitate/],
    ['ada@exаmple.com', 'xn--exmple-4nf.com', /may imitate.*looks like example\.com/],
    ['ada@xn--exmple-4nf.com', 'exаmple.com', /punycode/],
    ['mailto:ada@exаmple.com', 'xn--exmple-4nf.com', /may imitate/],
  ])('%s is described', (given, note, warning) => {
    const shown = body(`See ${given}.`);
    expect(shown).toContain(`⟨${note}`);
    expect(warningsOf(`See ${given}.`)).toEqual([expect.stringMatching(warning)]);
    expect(value(given)).toContain(`⟨${note}`);
  });

  it('reports that there are more than it checks', () => {
    const many = Array.from({ length: 600 }, (_, n) => `https://ok${n}.example`).join(' ');
    expect(warningsOf(many)).toEqual([expect.stringMatching(/more links and addresses than are checked/)]);
  });

  it('gets one warning, however often it appears, and ten in total', () => {
    expect(warningsOf('https://bücher.example '.repeat(50))).toHaveLength(1);
    expect(warningsOf(Array.from({ length: 50 }, (_, n) => `https://bü${n}.example`).join(' '))).toHaveLength(11);
  });
});

describe('HTML', () => {
  it('is stripped of anything that could load or run', () => {
    expect(
      html(
        '<p onclick="x()">Hi <a href="javascript:x()">you</a><img src="https://t.test/p.gif"><script>x()</script></p>',
      ),
    ).toBe('<p>Hi <a>you</a></p>');
  });

  it('shows the target of each link, and warns if its text names another host', () => {
    const shown = render({ body: { html: '<a href="https://evil.example/x">www.<b>bank</b>.example</a>' } });
    expect(shown.body).toEqual({
      html: '<a href="https://evil.example/x">www.<b>bank</b>.example</a> ⟨evil.example⟩',
    });
    expect(shown.warnings).toEqual(['A link shows www.bank.example, and leads to evil.example.']);
    const plain = render({
      body: { html: '<a href="https://www.bank.example/x">bank.example</a> <a href="mailto:a@b.example">mail us</a>' },
    });
    expect(plain.warnings).toBeUndefined();
  });

  it('is decoded as its reader would see it, with entities', () => {
    expect(html('pay&#8203;pal &lt;b&gt; &amp;lt;')).toBe('pay⟨U+200B⟩pal &lt;b&gt; &amp;lt;');
  });

  it('with too many tags is shown as source', () => {
    const shown = render({ body: { html: '<i>x</i>'.repeat(3_000) } });
    expect((shown.body as { html: string }).html).toMatch(/^<pre>&lt;i&gt;x&lt;\/i&gt;/);
    expect(shown.warnings).toEqual([expect.stringMatching(/source is shown/)]);
  });

  it.each(['<br>', '<p></p>', '<p> </p>\n', '<div>&nbsp;</div>'])('that pads with %s is marked', (empty) => {
    const shown = render({ body: { html: `Hi${empty.repeat(1_000)}Pay` } });
    expect((shown.body as { html: string }).html.length).toBeLessThan(100);
    expect(shown.warnings).toEqual([expect.stringMatching(/^Padding/)]);
  });
});

describe('padding and length', () => {
  it.each([
    ['blank lines', `Hi${'\n'.repeat(2_001)}Pay`, 'Hi\n⟨… 2,000 blank lines …⟩\nPay'],
    ['blank lines of other kinds', `Hi${'\r\n \t'.repeat(2_001)}\nPay`, 'Hi\n⟨… 2,001 blank lines …⟩\nPay'],
    ['spaces', `Hi${' '.repeat(5_000)}Pay`, 'Hi⟨… 5,000 spaces …⟩Pay'],
    ['one line again and again', `Hi\n${'.\n'.repeat(2_000)}Pay`, 'Hi\n.\n⟨… the same line 1,999 more times …⟩\nPay'],
    ['accents over the lines beside', `Hi${'\u0301'.repeat(500)}`, 'Hi⟨… 500 accents …⟩'],
  ])('%s are cut and marked', (_, given, shown) => {
    expect(body(given)).toBe(shown);
    expect(warningsOf(given)).toEqual(['Padding is left out where ⟨…⟩ says so: body.']);
  });

  it('keeps paragraphs and indented lines', () => {
    const text = `Hi\n\n\nAda\n${' '.repeat(40)}indented\n`;
    expect(render({ body: { text } })).toEqual({ title: 'Card', fields: [], body: { text } });
  });

  it('shortens a long value with a mark; a body is shown whole', () => {
    const long = 'x'.repeat(50_000);
    const rendered = render({ fields: [{ label: 'Note', value: long }], body: { text: long } });
    expect(rendered.fields[0]?.value).toMatch(/^x{16000}⟨… 30,000 characters …⟩x{4000}$/);
    expect(rendered.body).toEqual({ text: long });
    expect(rendered.warnings).toEqual(['Long text is shortened; the params have all of it: Note.']);
  });

  it('keeps a value in one line', () => {
    expect(value('5\nApproved by: CEO')).toBe('5⏎Approved by: CEO');
    expect(value('5\r\nApproved by: CEO')).toBe('5⏎Approved by: CEO');
    expect(render({ title: 'a\nb' }).title).toBe('a⏎b');
  });

  it('marks unusual spaces in a line', () => {
    expect(value('Ada\u00A0Lovelace\u2003x\u3000y')).toBe('Ada⟨U+00A0⟩Lovelace⟨U+2003⟩x⟨U+3000⟩y');
  });

  it('takes linear time', () => {
    const worst = ['\u200B', 'а.', 'xn--a.example ', 'https://', 'a@', '\n \n', 'аb ', '⟨', '.', 'á'];
    for (const unit of worst) {
      const text = unit.repeat(200_000 / unit.length);
      const started = performance.now();
      render({ fields: [{ label: 'Note', value: text }], body: { text } });
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});

describe('an agent’s own preview', () => {
  it('keeps its labels and gets readable texts', () => {
    const given = { title: 'Refund', fields: [{ label: 'Amount', value: 'C\u200BEO' }], extra: 1 };
    expect(readableAgentPreview(given)).toEqual({
      title: 'Refund',
      fields: [{ label: 'Amount', value: 'C⟨U+200B⟩EO' }],
      warnings: [expect.stringMatching(/^Invisible/)],
      extra: 1,
    });
  });

  it.each([
    'Approved by',
    'CONTACT',
    ' to ',
    'Cоntact',
    'Rеply-То',
    'Sub\u200Bject',
    'Total\nApproved by: CEO',
    'Ｆｒｏｍ',
    'Tó',
  ])('cannot use a label of the service: %j', (label) => {
    const { fields } = readableAgentPreview({ title: 'Refund', fields: [{ label, value: 1 }] });
    expect((fields as { label: string }[])[0]?.label).toMatch(/^agent\[".*"\]$/);
  });

  it.each(['Amount', 'Total due', 'Customer', 'Betrag', 'المبلغ'])('keeps the label %j', (label) => {
    const given = { title: 'Refund', fields: [{ label, value: 1 }] };
    expect(readableAgentPreview(given)).toEqual(given);
  });

  it('keeps its shape', () => {
    expect(readableAgentPreview({ count: 1, items: [{ a_b: 1 }] })).toEqual({ count: 1, items: [{ a_b: 1 }] });
    expect(readableAgentPreview({ 'a\u200B': 'b\u202E' })).toEqual({
      'a⟨U+200B⟩': 'b⟨U+202E⟩',
      warnings: [expect.stringMatching(/^Invisible/)],
    });
  });
});

it('makes a summary readable and short, and warns of nothing in it that the preview has, too', () => {
  const { summary, warnings } = render({ summary: `pay\u200Bpal ${'x'.repeat(1_000)}` });
  expect(summary).toMatch(/^pay⟨U\+200B⟩pal x+/);
  expect(summary?.length).toBeLessThan(300);
  expect(warnings).toBeUndefined();
});

it('makes a line that another service supplied readable, too', () => {
  expect(readableLine('Acme\u202E\nmoc', 500)).toBe('Acme⟨U+202E⟩⏎moc');
});
