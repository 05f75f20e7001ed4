import type { Action, Identity } from '@proviso/contracts';

import { useFleet } from '@proviso/testing/fleet';
import { startToolServer, type ToolServer } from '@proviso/testing/providers/tool-server';

describe('a workspace’s tool', () => {
  const fleet = useFleet();
  let tool: ToolServer;
  let secret = '';
  beforeAll(async () => {
    tool = await startToolServer({ secret: () => secret });
  });
  afterAll(() => tool.close());

  it('is proposed by an agent, approved with an edit, called once by a worker, and its answer can be read', async () => {
    const [api] = await Promise.all([fleet.startApi(), fleet.startWorker(), fleet.startWorker()]);
    const owner = await fleet.client(api);
    const agent = await fleet.client(api, { agent: 'bot' });
    const registration = { name: 'refund', url: tool.url, input_schema: {} };
    ({ secret } = (await owner<{ secret: string }>('POST', '/v1/tools', registration)).body);
    const proposal = {
      type: 'refund',
      identity_id: fleet.workspace.identityId,
      params: { order: '4711', amount: 500 },
    };
    const { action_id } = (await agent<{ action_id: string }>('POST', '/v1/actions', proposal)).body;
    const edit = { action: 'edit', edits: { amount: 50 } };
    await owner('POST', `/v1/actions/${action_id}/approve`, edit, { prefer: 'wait=15' });
    const { action } = (await agent<{ action: Action }>('GET', `/v1/actions/${action_id}`)).body;
    expect(action).toMatchObject({
      status: 'completed',
      result: { did: 'refund', with: { order: '4711', amount: 50 } },
    });
    expect(tool.calls.map(({ id }) => id)).toEqual([action_id]);
  });

  it('cannot be at a private address, and neither can a mail server, unless the operator allows it', async () => {
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
  });
});
