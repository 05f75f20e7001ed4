import { formatId } from '@proviso/core';
import {
  expectRefusal,
  FORBIDDEN,
  inFuture,
  pending,
  propose,
  recorded,
  useApi,
  type Client,
  type Reply,
  type Tenant,
} from './test-api.ts';

/** A workspace in which two agents have every scope and an owner's role, and one of them tries to get its way. */
interface Office extends Tenant {
  bot: Client;
  bot_id: string;
  run_id: string;
  /** Of another agent: a run, and an action that waits. */
  other_run_id: string;
  other_action_id: string;
  contact_id: string;
}

describe('an agent with every scope and an owner’s role', () => {
  const api = useApi();

  async function office(): Promise<Office> {
    const here = await api.tenant();
    const [bot, other] = [await here.client({ agent: 'bot' }), await here.client({ agent: 'other' })];
    const [bot_id, other_id] = [
      formatId('agent', await here.agentId('bot')),
      formatId('agent', await here.agentId('other')),
    ];
    const begin = async (by: Client, id: string): Promise<string> =>
      (await by.post(`/v1/agents/${id}/runs`)).body.run.run_id;
    const { contact_id } = (await here.owner.post('/v1/contacts', { email: 'ann@example.com' })).body.contact;
    return {
      ...here,
      bot,
      bot_id,
      run_id: await begin(bot, bot_id),
      other_run_id: await begin(other, other_id),
      other_action_id: (await propose(other, here)).action_id,
      contact_id,
    };
  }

  /** An action of the bot that a person has approved, for later. */
  async function approved(here: Office): Promise<string> {
    const { action_id } = await propose(here.bot, here, { scheduled_time: inFuture() });
    await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
    return action_id;
  }

  it.each<[string, (here: Office) => Promise<() => Promise<Reply>>]>([
    ...['approve', 'reject'].map((action): [string, (here: Office) => Promise<() => Promise<Reply>>] => [
      `${action} its own proposal`,
      async (here) => {
        const { action_id } = await pending(here.bot, here);
        return () => here.bot.post(`/v1/actions/${action_id}/approve`, { action });
      },
    ]),
    [
      'edit its own proposal into an approval',
      async (here) => {
        const { action_id } = await pending(here.bot, here);
        const body = { action: 'edit', edits: { say: 'x' } };
        return () => here.bot.post(`/v1/actions/${action_id}/approve`, body);
      },
    ],
    [
      'reject at the short address',
      async (here) => {
        const { action_id } = await pending(here.bot, here);
        return () => here.bot.post(`/v1/actions/${action_id}/reject`);
      },
    ],
    [
      'approve in bulk',
      async (here) => {
        const { action_id } = await pending(here.bot, here);
        return () => here.bot.post('/v1/actions/approve/bulk', { action: 'approve', action_ids: [action_id] });
      },
    ],
    [
      'approve by the place in its run',
      async (here) => {
        const note = { type: 'create_note', params: { contact_id: here.contact_id, content: 'x' } };
        await propose(here.bot, here, { ...note, run_id: here.run_id });
        const place = `/v1/agents/runs/${here.run_id}/contacts/${here.contact_id}/actions/0`;
        return () => here.bot.post(`${place}/approve`, { action: 'approve' });
      },
    ],
    [
      'execute what waits for a person',
      async (here) => {
        const { action_id } = await pending(here.bot, here);
        return () => here.bot.post(`/v1/actions/${action_id}/execute`);
      },
    ],
    [
      'execute before its time what a person approved',
      async (here) => {
        const action_id = await approved(here);
        return () => here.bot.post(`/v1/actions/${action_id}/execute`);
      },
    ],
    [
      'clear its proposal by PATCH require_approval: false',
      async (here) => {
        const { action_id } = await pending(here.bot, here);
        return () => here.bot.patch(`/v1/actions/${action_id}`, { require_approval: false });
      },
    ],
    ...['execute', 'cancel'].map((verb): [string, (here: Office) => Promise<() => Promise<Reply>>] => [
      `${verb} another agent’s action`,
      async (here) => () => here.bot.post(`/v1/actions/${here.other_action_id}/${verb}`),
    ]),
    [
      'change another agent’s action',
      async (here) => () => here.bot.patch(`/v1/actions/${here.other_action_id}`, { description: 'x' }),
    ],
    [
      'change a person’s action',
      async (here) => {
        const { action_id } = await propose(here.owner, here, { scheduled_time: inFuture() });
        return () => here.bot.patch(`/v1/actions/${action_id}`, { description: 'x' });
      },
    ],
    [
      'propose in another agent’s run',
      async (here) => () =>
        here.bot.post('/v1/actions', {
          type: 'create_note',
          identity_id: here.identityId,
          params: { contact_id: here.contact_id, content: 'x' },
          run_id: here.other_run_id,
        }),
    ],
    [
      'begin a run of another agent',
      async (here) => {
        const other = formatId('agent', await here.agentId('other'));
        return () => here.bot.post(`/v1/agents/${other}/runs`);
      },
    ],
    [
      'end another agent’s run',
      async (here) => () => here.bot.patch(`/v1/agents/runs/${here.other_run_id}`, { status: 'failed' }),
    ],
    ['lift its own gate', async (here) => () => here.bot.patch(`/v1/agents/${here.bot_id}`, { approval: 'never' })],
    [
      'add to its own auto_approve_types',
      async (here) => () => here.bot.patch(`/v1/agents/${here.bot_id}`, { auto_approve_types: ['create_note'] }),
    ],
    [
      'make an agent without a gate',
      async (here) => () => here.bot.post('/v1/agents', { name: 'x', approval: 'never' }),
    ],
    ['make a plain key', async (here) => () => here.bot.post('/v1/api-keys', { name: 'x', scopes: ['actions:write'] })],
    [
      'let go what a person paused',
      async (here) => {
        await here.owner.post('/v1/pause', { agent_id: here.bot_id });
        return () => here.bot.post('/v1/resume', { agent_id: here.bot_id });
      },
    ],
    [
      'swap the account behind an approval',
      async (here) => () => here.bot.patch(`/v1/identities/${here.identityId}`, { config: { from: 'x' } }),
    ],
  ])('cannot %s', async (_, prepare) => {
    const here = await office();
    const ask = await prepare(here);
    await expectRefusal(api, here, FORBIDDEN, ask);
  });

  it.each<[string, object]>([
    ['params', { params: { say: 'other' } }],
    ['its time', { scheduled_time: null }],
    ['its description', { description: 'harmless' }],
  ])('returns its approved action to review when it changes %s', async (_, change) => {
    const here = await office();
    const action_id = await approved(here);
    const { status, body } = await here.bot.patch(`/v1/actions/${action_id}`, change);
    expect([status, body.action.status, body.action.status_reason]).toEqual([
      200,
      'pending_approval',
      'changed_after_approval',
    ]);
    expect((await recorded(api.world, action_id)).row.cleared_hash).toBeNull();
  });

  it('cannot skip approval with direct, and a plain key cannot by naming its run', async () => {
    const here = await office();
    const note = { type: 'create_note', params: { contact_id: here.contact_id, content: 'x' }, direct: true };
    expect((await propose(here.bot, here, note)).status).toBe('pending_approval');
    const plain = await here.client({ scopes: ['actions:write'] });
    const lent = await propose(plain, here, { ...note, run_id: here.run_id });
    expect([lent.status, lent.agent_id]).toEqual(['pending_approval', here.bot_id]);
  });

  it('runs only its own due actions', async () => {
    const here = await office();
    const { action_id } = await propose(here.owner, here);
    expect((await here.bot.post('/v1/actions/process')).body.processed).toBe(0);
    expect((await recorded(api.world, action_id)).row.status).toBe('scheduled');
  });
});
