import { addressIn, addressKey, emailAddress, sameAddress, wireAddress } from '../../src/index.ts';

describe('an e-mail address', () => {
  it.each<[string, string]>([
    ['x@bücher.example', 'x@xn--bcher-kva.example'],
    ['x@BÜCHER.example', 'x@xn--bcher-kva.example'],
    ['x@bu\u0308cher.example', 'x@xn--bcher-kva.example'],
    ['x@例え.テスト', 'x@xn--r8jz45g.xn--zckzah'],
    ['x@bücher。example', 'x@xn--bcher-kva.example'],
    ['Ada@Example.com', 'ada@example.com'],
  ])('is the same, spelt %s or %s', (one, other) => {
    expect(addressKey(one)).toBe(other);
    expect(sameAddress(one, other.toUpperCase())).toBe(true);
    expect(addressIn(`Ada <${one}>`)).toBe(other);
  });

  it.each(['a=b@host', 'a/b@host.example', 'bounce+x=y@host.example', "o'brien@example.com", '{a}@example.com'])(
    'may be %s',
    (address) => expect(emailAddress.parse(address)).toBe(address),
  );

  it.each([
    'ada',
    '@example.com',
    'ada@',
    'a b@example.com',
    'ada@exam ple.com',
    'ada@exam\u200bple.com',
    'ada@１２７.0.0.1',
    'ada@bücher.example/x',
    'ada@bü／cher.example',
    'ada@bücher.example:25',
    'ada@ü@example.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'Ada <ada@example.com>',
    'аda@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.example`,
  ])('is not %j', (text) => {
    expect(wireAddress(text)).toBeUndefined();
    expect(emailAddress.safeParse(text).success).toBe(false);
  });
});
