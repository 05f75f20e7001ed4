import type { Identity } from '@proviso/contracts';
import { useFleet } from '@proviso/testing/fleet';
import { startToolServer } from '@proviso/testing/providers/tool-server';

describe('a workspace’s tool', () => {
  const fleet = useFleet();
  it('cannot be at a private address, and neither can a mail server, unless the operator allows it', async () => {
    const tool = await startToolServer({ secret: () => '' });
    const env = { PROVISO_ALLOW_PRIVATE_ADDRESSES: 'false' };
    const api = await fleet.startApi({ env });
    const owner = await fleet.client(api);
    for (const url of [tool.url, tool.url.replace('http:', 'https:'), 'https://localhost/']) {
      const { status, body } = await owner('POST', '/v1/tools', { name: 'refund', url, input_schema: {} });
      expect([status, body]).toMatchObject([400, { code: 'INVALID', details: [{ path: 'url' }] }]);
    }
    const { port } = new URL(tool.url);
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '::ffff:127.0.0.1', 'nobody.invalid']) {
      const identity = { provider: 'smtp', name: host, config: { host, port: Number(port), from: 'a@ours.test' } };
      const made = await owner<{ identity: Identity }>('POST', '/v1/identities', identity);
      const at = `/v1/identities/${made.body.identity.identity_id}/verify`;
      const { status, body } = await owner<{ verification: unknown }>('POST', at);
      const message = 'There is no such host on the public internet.';
      expect([status, body.verification]).toEqual([200, { ok: false, message }]);
    }
    await tool.close();
  });
});
