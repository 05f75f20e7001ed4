import { readConfig } from '../../src/config.ts';

const env = { DATABASE_URL: 'postgresql://localhost/proviso' };

describe('PROVISO_TRUST_PROXY', () => {
  it.each([
    [undefined, []],
    ['loopback', ['loopback']],
    [' 10.0.0.0/8, fd00::/8 ,192.0.2.7', ['10.0.0.0/8', 'fd00::/8', '192.0.2.7']],
  ])('%j names the proxies that are trusted', (text, expected) => {
    expect(readConfig({ ...env, PROVISO_TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  it.each(['true', '1', 'proxy.example.com', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8'])(
    '%j is refused: it would trust whoever connects, or nobody',
    (text) => {
      const read = () => readConfig({ ...env, PROVISO_TRUST_PROXY: text });
      expect(read).toThrow(/PROVISO_TRUST_PROXY: .* must be an address, a CIDR range, or loopback/);
    },
  );
});
