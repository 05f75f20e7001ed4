import { newId, parseId, formatId } from '@proviso/core';
import { proposal, useApi, type Client, type Reply, type Tenant } from './test-api.ts';

interface Office extends Tenant {
  agent_id: string;
  run_id: string;
  contact_id: string;
  bot: Client;
}

describe('agent runs', () => {
  const api = useApi();
  const begin = (by: Client, agent_id: string, body: object = {}): Promise<Reply> =>
    by.post(`/v1/agents/${agent_id}/runs`, body);
  const contactOf = async (by: Client): Promise<string> =>
    (await by.post('/v1/contacts', { email: `${newId()}@example.com` })).body.contact.contact_id;
  /** A workspace with an agent, its token and a run of it. */
  async function office(): Promise<Office> {
    const here = await api.tenant();
    const bot = await here.client({ agent: 'bot' });
    const agent_id = formatId('agent', await here.agentId('bot'));
    const { run_id } = (await begin(bot, agent_id)).body.run;
    return { ...here, bot, agent_id, run_id, contact_id: await contactOf(here.owner) };
  }
  const noteOn = (contact_id: string, run_id: string): object => ({
    type: 'create_note',
    params: { contact_id, content: 'x' },
    run_id,
  });
  const row = (run_id: string) =>
    api.world.db.tables.agent_runs.findUnique({ where: { id: parseId('run', run_id) ?? '' } });

  describe('POST and GET /v1/agents/:id/runs', () => {
    it('begins a run, by the agent or by a person, and lists it newest first', async () => {
      const here = await office();
      const { status, body } = await begin(here.owner, here.agent_id, { metadata: { goal: 'renewals' } });
      expect(status).toBe(201);
      expect(body.run).toEqual({
        run_id: expect.stringMatching(/^run_/),
        agent_id: here.agent_id,
        status: 'running',
        metadata: { goal: 'renewals' },
        created_at: expect.any(String),
        updated_at: expect.any(String),
      });
      expect(await row(body.run.run_id)).toMatchObject({ workspace_id: here.id, status: 'running' });
      const listed = await here.bot.get(`/v1/agents/${here.agent_id}/runs`);
      expect(listed.body.runs.map(({ run_id }) => run_id)).toEqual([body.run.run_id, here.run_id]);
    });

    it('refuses another agent’s token, a disabled agent and bad input', async () => {
      const here = await office();
      const other = await here.client({ agent: 'other' });
      await here.refuses('FORBIDDEN', () => begin(other, here.agent_id));
      for (const body of [{ metadata: { a: 1 } }, { status: 'completed' }])
        await here.refuses('INVALID', () => begin(here.owner, here.agent_id, body));
      await here.owner.patch(`/v1/agents/${here.agent_id}`, { enabled: false });
      for (const by of [here.owner, here.bot]) await here.refuses('FORBIDDEN', () => begin(by, here.agent_id));
    });
  });

  describe('GET and PATCH /v1/agents/runs/:run_id', () => {
    it('reads a run with what it proposed, oldest first, and nothing else', async () => {
      const here = await office();
      const first = await here.propose({ run_id: here.run_id }, here.bot);
      await here.propose({}, here.bot);
      const second = await here.propose(noteOn(here.contact_id, here.run_id));
      const { body } = await here.owner.get(`/v1/agents/runs/${here.run_id}`);
      expect(body.run).toMatchObject({ run_id: here.run_id, agent_id: here.agent_id });
      expect(body.actions).toEqual([first, second]);
      expect(body.pagination.total_items).toBe(2);
      const filtered = await here.owner.get('/v1/actions', { run_id: here.run_id });
      expect(filtered.body.actions).toEqual([second, first]);
      const by = await here.client({ scopes: ['agents:read'] });
      await here.refuses('FORBIDDEN', () => by.get(`/v1/agents/runs/${here.run_id}`));
    });

    it('reports the status of a run, which moves none of its actions', async () => {
      const here = await office();
      const { action_id } = await here.propose({ run_id: here.run_id }, here.bot);
      const { status, body } = await here.bot.patch(`/v1/agents/runs/${here.run_id}`, { status: 'failed' });
      expect([status, body.run.status, (await row(here.run_id))?.status]).toEqual([200, 'failed', 'failed']);
      expect((await api.recorded(action_id)).row.status).toBe('pending_approval');
    });

    it('refuses another agent’s token and bad input', async () => {
      const here = await office();
      const path = `/v1/agents/runs/${here.run_id}`;
      const other = await here.client({ agent: 'other' });
      await here.refuses('FORBIDDEN', () => other.patch(path, { status: 'failed' }));
      for (const body of [{}, { status: 'paused' }, { agent_id: here.agent_id }])
        await here.refuses('INVALID', () => here.owner.patch(path, body));
    });
  });

  describe('an action with a run_id', () => {
    it('counts as a proposal of the run’s agent, whatever the token', async () => {
      const here = await office();
      for (const by of [here.bot, here.owner]) {
        const action = await here.propose({ run_id: here.run_id }, by);
        expect(action).toMatchObject({
          status: 'pending_approval',
          agent_id: here.agent_id,
          run_id: here.run_id,
          action_index: null,
        });
      }
      expect((await here.propose()).status).toBe('scheduled');
      await here.owner.patch(`/v1/agents/${here.agent_id}`, { auto_approve_types: ['probe_idempotent'] });
      const cleared = await here.propose({ run_id: here.run_id });
      expect(cleared).toMatchObject({ status: 'auto_approved', created_by: { kind: 'member' } });
    });

    it('is refused for a run of another agent, of a disabled one, of another workspace, or of none', async () => {
      const [here, there] = [await office(), await office()];
      const other = await here.client({ agent: 'other' });
      const create = (by: Client, run_id: string) => by.post('/v1/actions', proposal(here, { run_id }));
      await here.refuses('FORBIDDEN', () => create(other, here.run_id));
      for (const run_id of [there.run_id, newId(), 'x'])
        for (const by of [here.owner, here.bot]) await here.refuses('INVALID', () => create(by, run_id), ['run_id']);
      await here.owner.patch(`/v1/agents/${here.agent_id}`, { enabled: false });
      await here.refuses('FORBIDDEN', () => create(here.owner, here.run_id));
    });

    it('has an index per run and contact, without a gap under 50 creates at once', async () => {
      const here = await office();
      const other = await contactOf(here.owner);
      const { run_id: second } = (await begin(here.bot, here.agent_id)).body.run;
      const groups: [string, string][] = [
        [here.contact_id, here.run_id],
        [other, here.run_id],
        [here.contact_id, second],
      ];
      const indexes = await Promise.all(
        groups.map(async ([contact, run], group) => {
          const count = group === 0 ? 50 : 5;
          const by = [here.bot, here.owner];
          const made = await Promise.all(
            Array.from({ length: count }, (_, each) => here.propose(noteOn(contact, run), by[each % 2] as Client)),
          );
          return made.map(({ action_index }) => action_index).toSorted((a, b) => (a ?? 0) - (b ?? 0));
        }),
      );
      const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
      expect(indexes).toEqual([upTo(50), upTo(5), upTo(5)]);
    });

    it('leaves no gap where creates are refused or replayed, and a replay shows the same index', async () => {
      const here = await office();
      const body = proposal(here, noteOn(here.contact_id, here.run_id));
      const first = await here.bot.post('/v1/actions', body, { 'Idempotency-Key': 'k' });
      const again = await Promise.all(
        Array.from({ length: 8 }, () => here.bot.post('/v1/actions', body, { 'Idempotency-Key': 'k' })),
      );
      for (const reply of again) expect(reply.text).toBe(first.text);
      const together = await Promise.all(
        Array.from({ length: 8 }, () => here.bot.post('/v1/actions', body, { 'Idempotency-Key': 'k2' })),
      );
      expect(new Set(together.map((reply) => `${reply.body.action_id} ${reply.body.action.action_index}`)).size).toBe(
        1,
      );
      const expired = proposal(here, {
        ...noteOn(here.contact_id, here.run_id),
        expires_at: new Date(Date.now() - 1_000).toISOString(),
      });
      await here.refuses('INVALID', () => here.bot.post('/v1/actions', expired));
      const other = proposal(here, { ...noteOn(here.contact_id, here.run_id), description: 'x' });
      await here.refuses('IDEMPOTENCY_MISMATCH', () => here.bot.post('/v1/actions', other, { 'Idempotency-Key': 'k' }));
      const last = await here.propose(noteOn(here.contact_id, here.run_id), here.bot);
      expect([first.body.action.action_index, together[0]?.body.action.action_index, last.action_index]).toEqual([
        0, 1, 2,
      ]);
    });
  });

  describe('POST /v1/agents/runs/:run_id/contacts/:contact_id/actions/:action_index', () => {
    const address = (here: Office, index: number | string = 0): string =>
      `/v1/agents/runs/${here.run_id}/contacts/${here.contact_id}/actions/${index}`;
    const proposed = (here: Office) => here.propose(noteOn(here.contact_id, here.run_id), here.bot);

    it('/approve decides only the action with that index', async () => {
      const here = await office();
      const [first, second] = [await proposed(here), await proposed(here)];
      const { status, body } = await here.owner.post(`${address(here, 1)}/approve`, {
        action: 'edit',
        edits: { content: 'better' },
        comment: 'fine',
      });
      expect(status).toBe(200);
      expect(body.action).toMatchObject({ action_id: second.action_id, status: 'approved' });
      expect(body.action.params.content).toBe('better');
      const { row: decided, trail } = await api.recorded(second.action_id);
      expect([decided.status, trail]).toEqual(['approved', ['action.created', 'action.approved']]);
      expect((await api.recorded(first.action_id)).row.status).toBe('pending_approval');
      await here.refuses('INVALID_STATE', () => here.owner.post(`${address(here, 1)}/approve`, { action: 'approve' }));
    });

    it('/reject rejects it', async () => {
      const here = await office();
      const { action_id } = await proposed(here);
      const { status, body } = await here.owner.post(`${address(here)}/reject`, { comment: 'no' });
      expect([status, body.action_id, body.action.status]).toEqual([200, action_id, 'rejected']);
      await here.refuses('INVALID_STATE', () => here.owner.post(`${address(here)}/reject`));
    });

    it('answers 404 for another index or contact, and refuses bad input', async () => {
      const [here, there] = [await office(), await office()];
      await proposed(here);
      const addresses = [1, 'x', '-1', '0.5', '99999999999'].map((index) => address(here, index));
      for (const path of [...addresses, address({ ...here, contact_id: there.contact_id })])
        await here.refuses('NOT_FOUND', () => here.owner.post(`${path}/approve`, { action: 'approve' }));
      await here.refuses('INVALID', () => here.owner.post(`${address(here)}/approve`, {}));
      await here.refuses('INVALID', () => here.owner.post(`${address(here)}/reject`, { action: 'approve' }));
    });

    it('keeps the address when a change moves the action to another contact', async () => {
      const here = await office();
      const [first] = [await proposed(here), await proposed(here)];
      const other = { ...here, contact_id: await contactOf(here.owner) };
      await here.propose(noteOn(other.contact_id, here.run_id), here.bot);
      const { body } = await here.bot.patch(`/v1/actions/${first.action_id}`, {
        params: { contact_id: other.contact_id, content: 'x' },
      });
      expect(body.action).toMatchObject({ contact_id: other.contact_id, action_index: 0 });
      const blind = await here.refuses('CONFLICT', () =>
        here.owner.post(`${address(here)}/approve`, { action: 'approve' }),
      );
      expect(blind.action).toMatchObject({ action_id: first.action_id });
      const approved = await here.owner.post(`${address(here)}/approve`, {
        action: 'approve',
        params_hash: body.action.params_hash,
      });
      expect(approved.body.action_id).toBe(first.action_id);
    });
  });
});
