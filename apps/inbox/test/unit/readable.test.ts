import { readable, readableJson } from '../../src/readable.ts';

describe('a text that a person reads', () => {
  it.each([
    ['an override of direction', 'safe\u202Egpj.exe', 'safe⟨U+202E⟩gpj.exe'],
    ['isolates and marks of direction', '\u2066a\u2069\u200F\u061C', '⟨U+2066⟩a⟨U+2069⟩⟨U+200F⟩⟨U+061C⟩'],
    ['a space of no width', 'pay\u200Bpal', 'pay⟨U+200B⟩pal'],
    ['joiners between Latin letters', 'a\u200Db\u200Cc\u2060d\uFEFF', 'a⟨U+200D⟩b⟨U+200C⟩c⟨U+2060⟩d⟨U+FEFF⟩'],
    ['what belongs to a picture, after a letter or a digit', '1\u200D2 a\uFE0F', '1⟨U+200D⟩2 a⟨U+FE0F⟩'],
    ['tag characters', 'a\u{E0041}', 'a⟨U+E0041⟩'],
    ['a blank letter', 'a\u3164\u2800', 'a⟨U+3164⟩⟨U+2800⟩'],
    ['controls', 'a\u0007\u001B[31m\u2028', 'a⟨U+0007⟩⟨U+001B⟩[31m⟨U+2028⟩'],
  ])('shows %s', (_, text, shown) => {
    expect(readable(text)).toBe(shown);
  });

  it.each([
    'Two\nlines\tand a tab',
    'Grüße, 東京 🎉',
    '👨\u200D👩\u200D👧 ❤\uFE0F 👍🏽 1\uFE0F\u20E3',
    'می\u200Cخواهم',
    'क्\u200Dष',
  ])('leaves %j as it is', (text) => {
    expect(readable(text)).toBe(text);
  });

  it('stays JSON as JSON', () => {
    const value = { a: 'x\u202Ey\u{E0041}', b: ['line\nbreak'] };
    const shown = readableJson(value);
    expect(shown).toContain('x\\u202ey\\udb40\\udc41');
    expect(JSON.parse(shown)).toEqual(value);
  });
});
