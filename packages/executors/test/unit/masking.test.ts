import { maskOf } from '../../src/masking.ts';

const header = (name: string, value: string) => maskOf({ headers: { [name]: value } });

describe('a provider’s words are shown without the identity’s secrets', () => {
  it.each([
    ['a token', 's3cr3t-t0ken'],
    ['one with quotes', 'a"b"c-t0ken'],
    ['one with backslashes', 'C:\\new\\token'],
    ['one with both, and what HTML escapes', `p<&>'"\\/w0rd`],
    ['one of other letters', 'pässwörd-ключ'],
    ['one with a line break', 'line\none'],
  ])('in text, in parsed values and in JSON inside of text: %s', (_, pass) => {
    const mask = maskOf({ user: 'ada', pass });
    const said = { [pass]: [`was "${pass}"`, { as: JSON.stringify({ pass }) }], n: 1, none: null };
    expect(mask.value(said)).toEqual({
      '[hidden]': ['was "[hidden]"', { as: '{"pass":"[hidden]"}' }],
      n: 1,
      none: null,
    });
    const base64 = Buffer.from(pass).toString('base64');
    const login = Buffer.from(`\0ada\0${pass}`).toString('base64');
    expect(mask.text(`${encodeURIComponent(pass)} ${base64} ${login}`)).toBe('[hidden] [hidden] [hidden]');
  });

  it('and stay JSON, whatever the secret', () => {
    const answer = JSON.stringify({ sent: true, count: 1, id: '"' });
    for (const token of ['1', 't', '"', '":', '{"sent"', 'true,', '\\"'])
      expect(() => JSON.stringify(maskOf({ token }).value(JSON.parse(answer) as never))).not.toThrow();
  });

  it.each([
    ['X-Api-Version', '1'],
    ['X-Api-Version', '2026-07-28'],
    ['X-Api-Version', 'v2.1.0'],
    ['Accept', 'application/json; charset=utf-8'],
    ['X-Env', 'production'],
    ['X-Tenant', 'acme'],
    ['X-Flag', 'true'],
  ])('except a header that cannot be a secret: %s: %s', (name, value) => {
    expect(header(name, value).value({ said: value, sent: true, count: 1 })).toEqual({
      said: value,
      sent: true,
      count: 1,
    });
  });

  it.each([
    ['Authorization', 'Bearer abcdef', 'abcdef'],
    ['Authorization', `Basic ${Buffer.from('ada:hunter:2').toString('base64')}`, 'hunter:2'],
    ['X-Api-Key', 'letters', 'letters'],
    ['X-Api-Key', '12345', '12345'],
    ['Cookie', 'theme=dark; sid=0123456789abcdef', '0123456789abcdef'],
    ['X-Whatever', 'a1b2c3d4', 'a1b2c3d4'],
  ])('as they appear in a header: %s: %s', (name, value, secret) => {
    expect(header(name, value).text(`It was ${secret}.`)).toBe('It was [hidden].');
    expect(header(name, value).text(`It was ${value}.`)).not.toContain(secret);
  });

  it('and unchanged if there are none', () => {
    for (const credentials of [null, undefined, {}, { token: 'abc' }])
      expect(maskOf(credentials).text('abc')).toBe('abc');
  });
});
