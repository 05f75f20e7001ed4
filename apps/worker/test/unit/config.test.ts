import { readConfig } from '../../src/config.ts';

const env = { DATABASE_URL: 'postgresql://localhost/proviso' };

describe('PROVISO_TYPE_CONCURRENCY', () => {
  it.each([
    [undefined, {}],
    ['email_message=4', { email_message: 4 }],
    [' email_message = 4, refund.v2=1 ,', { email_message: 4, 'refund.v2': 1 }],
  ])('%j sets how many actions of a type run at a time', (text, expected) => {
    const { typeConcurrency } = readConfig({ ...env, PROVISO_TYPE_CONCURRENCY: text });
    expect(Object.fromEntries(typeConcurrency)).toEqual(expected);
  });

  it.each(['email_message', 'email_message=0', 'email_message=-1', 'email_message=many', '=4', 'a=1,b=1000'])(
    '%j is refused, with what it should look like',
    (text) => {
      const read = () => readConfig({ ...env, PROVISO_TYPE_CONCURRENCY: text });
      expect(read).toThrow(/PROVISO_TYPE_CONCURRENCY: .* must be type=number .*email_message=4/);
    },
  );
});

describe('PROVISO_HEARTBEAT_MS', () => {
  it('is refused if one lost heartbeat would cost the lease', () => {
    const read = (lease: string) => readConfig({ ...env, PROVISO_LEASE_MS: lease, PROVISO_HEARTBEAT_MS: '1000' });
    expect(() => read('2000')).toThrow(/PROVISO_HEARTBEAT_MS: must be less than half of PROVISO_LEASE_MS/);
    expect(read('2001').timings).toMatchObject({ leaseMs: 2_001, heartbeatMs: 1_000, sweepMs: 2_500 });
  });
});
