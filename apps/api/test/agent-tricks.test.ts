import { formatId } from '@proviso/core';
import { inFuture, useApi, type Client, type Reply } from './test-api.ts';
import { eachTest } from '@proviso/testing/fixtures';

describe('an agent with every scope and an owner’s role', () => {
  const api = useApi();
  const noteOn = (contact_id: string) => ({ type: 'create_note', params: { contact_id, content: 'x' } });

  /** A workspace in which two agents have every scope and an owner's role, and one of them tries to get its way. */
  const here = eachTest(async () => {
    const office = await api.tenant();
    const [bot, other] = [await office.client({ agent: 'bot' }), await office.client({ agent: 'other' })];
    const ids = [await office.agentId('bot'), await office.agentId('other')];
    const [bot_id = '', other_id = ''] = ids.map((id) => formatId('agent', id));
    const begin = async (by: Client, id: string): Promise<string> =>
      (await by.post(`/v1/agents/${id}/runs`)).body.run.run_id;
    const { contact_id } = (await office.owner.post('/v1/contacts', { email: 'ann@example.com' })).body.contact;
    const run_id = await begin(bot, bot_id);
    const later = { scheduled_time: inFuture() };
    const approved_id = (await office.propose(later, bot)).action_id;
    await office.owner.post(`/v1/actions/${approved_id}/approve`, { action: 'approve' });
    await office.propose({ ...noteOn(contact_id), run_id }, bot);
    return {
      ...office,
      bot,
      bot_id,
      other_id,
      run_id,
      other_run_id: await begin(other, other_id),
      /** The bot's own: one that waits, and one that a person has approved for later. */
      waiting_id: (await office.pending({}, bot)).action_id,
      approved_id,
      other_action_id: (await office.propose({}, other)).action_id,
      persons_id: (await office.propose(later)).action_id,
      contact_id,
    };
  });
  const at = (id: string, verb: string, body?: object) => here.bot.post(`/v1/actions/${id}/${verb}`, body);
  const own = (verb: string, body?: object) => at(here.waiting_id, verb, body);
  const change = (id: string, body: object) => here.bot.patch(`/v1/actions/${id}`, body);
  const changeSelf = (body: object) => here.bot.patch(`/v1/agents/${here.bot_id}`, body);

  it.each<[string, () => Promise<Reply>]>([
    ['approve its own proposal', () => own('approve', { action: 'approve' })],
    ['reject its own proposal', () => own('approve', { action: 'reject' })],
    ['edit its own proposal into an approval', () => own('approve', { action: 'edit', edits: { say: 'x' } })],
    ['reject at the short address', () => own('reject')],
    ['approve in bulk', () => at('approve', 'bulk', { action: 'approve', action_ids: [here.waiting_id] })],
    [
      'approve by the place in its run',
      () =>
        here.bot.post(`/v1/agents/runs/${here.run_id}/contacts/${here.contact_id}/actions/0/approve`, {
          action: 'approve',
        }),
    ],
    ['execute what waits for a person', () => own('execute')],
    ['execute before its time what a person approved', () => at(here.approved_id, 'execute')],
    ['clear its proposal by PATCH require_approval: false', () => change(here.waiting_id, { require_approval: false })],
    ['execute another agent’s action', () => at(here.other_action_id, 'execute')],
    ['cancel another agent’s action', () => at(here.other_action_id, 'cancel')],
    ['change another agent’s action', () => change(here.other_action_id, { description: 'x' })],
    ['execute a person’s action', () => at(here.persons_id, 'execute')],
    ['cancel a person’s action', () => at(here.persons_id, 'cancel')],
    ['change a person’s action', () => change(here.persons_id, { description: 'x' })],
    [
      'propose in another agent’s run',
      () =>
        here.bot.post('/v1/actions', {
          ...noteOn(here.contact_id),
          identity_id: here.identityId,
          run_id: here.other_run_id,
        }),
    ],
    ['begin a run of another agent', () => here.bot.post(`/v1/agents/${here.other_id}/runs`)],
    ['end another agent’s run', () => here.bot.patch(`/v1/agents/runs/${here.other_run_id}`, { status: 'failed' })],
    ['lift its own gate', () => changeSelf({ approval: 'never' })],
    ['add to its own auto_approve_types', () => changeSelf({ auto_approve_types: ['create_note'] })],
    ['create an agent without a gate', () => here.bot.post('/v1/agents', { name: 'x', approval: 'never' })],
    ['create a plain key', () => here.bot.post('/v1/api-keys', { name: 'x', scopes: ['actions:write'] })],
    ['resume what a person paused', () => here.bot.post('/v1/resume', { agent_id: here.bot_id })],
    [
      'swap the account behind an approval',
      () => here.bot.patch(`/v1/identities/${here.identityId}`, { config: { from: 'x' } }),
    ],
  ])('cannot %s', async (_, ask) => {
    await here.owner.post('/v1/pause', { agent_id: here.bot_id });
    await here.refuses('FORBIDDEN', ask);
  });

  it.each<[string, object]>([
    ['params', { params: { say: 'other' } }],
    ['its time', { scheduled_time: null }],
    ['its description', { description: 'harmless' }],
  ])('returns its approved action to review when it changes %s', async (_, more) => {
    const { status, body } = await change(here.approved_id, more);
    expect([status, body.action.status, body.action.status_reason]).toEqual([
      200,
      'pending_approval',
      'changed_after_approval',
    ]);
    expect((await api.recorded(here.approved_id)).row.cleared_hash).toBeNull();
  });

  it('cannot skip approval with direct, and a plain key cannot by naming its run', async () => {
    const note = { ...noteOn(here.contact_id), direct: true };
    expect((await here.propose(note, here.bot)).status).toBe('pending_approval');
    const plain = await here.client({ scopes: ['actions:write'] });
    const lent = await here.propose({ ...note, run_id: here.run_id }, plain);
    expect([lent.status, lent.agent_id]).toEqual(['pending_approval', here.bot_id]);
  });
});
