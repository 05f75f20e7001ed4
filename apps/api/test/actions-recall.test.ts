import { claim, createSignInLink, execute, parseId, recallAction, type ActionRow } from '@proviso/core';
import { effectsOf, reread } from '@proviso/testing';
import { userIdOf, uuidOf, type Client, type Reply, type Tenant, useTenant } from './test-api.ts';

const { api, here } = useTenant();

const FAR = '2100-01-01T00:00:00Z';
const secondsUntilDue = async (actionId: string): Promise<number> => {
  const { rows } = await api.world.db.pool.query<{ seconds: number }>(
    `select extract(epoch from due_at - (approval->>'at')::timestamptz)::float8 as seconds from actions where id = $1`,
    [uuidOf(actionId)],
  );
  return Math.round(rows[0]?.seconds ?? Number.NaN);
};

/** The owner as a browser that is signed in. */
async function browserOf({ owner }: Tenant): Promise<(path: string, body: object) => Promise<Reply>> {
  const token = await createSignInLink(api.world.db, parseId('user', await userIdOf(owner)) ?? '');
  const { headers } = await api.with().post('/v1/sessions/link', { token });
  const [cookie = ''] = (headers['set-cookie'] ?? []) as unknown as string[];
  const own = { Cookie: cookie.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' };
  return (path, body) =>
    api.with().raw('post', path, JSON.stringify(body), { 'Content-Type': 'application/json', ...own });
}

const approve = (by: Client, id: string, more: object = {}): Promise<Reply> =>
  by.post(`/v1/actions/${id}/approve`, { action: 'approve', ...more });
const recall = (by: Client, id: string, body?: object): Promise<Reply> => by.post(`/v1/actions/${id}/recall`, body);

describe('hold_seconds', () => {
  it('keeps an approved action from starting for so long', async () => {
    const { action_id } = await here.pending();
    const { body } = await approve(here.owner, action_id, { hold_seconds: 600 });
    expect(body.action).toMatchObject({ status: 'approved', scheduled_time: null });
    expect(await secondsUntilDue(action_id)).toBe(600);
    expect((await claim(api.world.worker(), uuidOf(action_id))).action).toBeUndefined();
    expect((await api.recorded(action_id)).last).toMatchObject({ data: { hold_seconds: 600 } });
  });

  it('is nothing for an API key that does not ask, and ten seconds for a session', async () => {
    const [asked, decided] = [await here.pending(), await here.pending()];
    await approve(here.owner, asked.action_id);
    expect(await secondsUntilDue(asked.action_id)).toBe(0);
    const browser = await browserOf(here);
    expect((await browser(`/v1/actions/${decided.action_id}/approve`, { action: 'approve' })).status).toBe(200);
    expect(await secondsUntilDue(decided.action_id)).toBe(10);
  });

  it('is for a session what the workspace says of the type, and none where it asks for none', async () => {
    await here.owner.patch('/v1/settings', { hold_seconds: 20, hold_seconds_by_type: { other: 40 } });
    const browser = await browserOf(here);
    const held = async (type: string, more: object = {}): Promise<number> => {
      const { action_id } = await here.pending({ type });
      const { status, text } = await browser(`/v1/actions/${action_id}/approve`, { action: 'approve', ...more });
      expect([status, text]).toEqual([200, text]);
      return secondsUntilDue(action_id);
    };
    expect(await held('probe_idempotent')).toBe(20);
    await here.owner.patch('/v1/settings', { hold_seconds_by_type: { probe_idempotent: 40 } });
    expect(await held('probe_idempotent')).toBe(40);
    expect(await held('probe_idempotent', { hold_seconds: 0 })).toBe(0);
  });

  it('counts for each of a bulk', async () => {
    const ids = [await here.pending(), await here.pending()].map(({ action_id }) => action_id);
    const body = { action: 'approve', action_ids: ids, hold_seconds: 30 };
    expect((await here.owner.post('/v1/actions/approve/bulk', body)).body.processed).toBe(2);
    for (const id of ids) expect(await secondsUntilDue(id)).toBe(30);
  });

  it('puts off no later time, no run now, and nothing beyond the expiry', async () => {
    const later = await here.pending({ scheduled_time: FAR });
    expect((await approve(here.owner, later.action_id, { hold_seconds: 60 })).body.action.due_at).toBe(
      new Date(FAR).toISOString(),
    );
    const expires_at = new Date(Date.now() + 300_000).toISOString();
    const short = await here.pending({ expires_at });
    await approve(here.owner, short.action_id, { hold_seconds: 280 });
    expect(await secondsUntilDue(short.action_id)).toBe(0);
    const now = await here.pending();
    await approve(here.owner, now.action_id, { hold_seconds: 600 });
    await here.owner.post(`/v1/actions/${now.action_id}/execute`);
    expect(await secondsUntilDue(now.action_id)).toBe(0);
  });

  it.each([
    ['a rejection', { action: 'reject', hold_seconds: 5 }],
    ['more than ten minutes', { action: 'approve', hold_seconds: 601 }],
    ['less than none', { action: 'approve', hold_seconds: -1 }],
    ['a part of a second', { action: 'approve', hold_seconds: 0.5 }],
  ])('is refused with %s', async (_, body) => {
    const { action_id } = await here.pending();
    await here.refuses('INVALID', () => here.owner.post(`/v1/actions/${action_id}/approve`, body), ['hold_seconds']);
  });
});

describe('POST /v1/actions/{action_id}/recall', () => {
  const held = async (tenant: Tenant, more: object = {}): Promise<string> => {
    const { action_id } = await tenant.pending(more);
    await approve(tenant.owner, action_id, { hold_seconds: 600 });
    return action_id;
  };

  it('returns an approved action to review, and says by whom', async () => {
    const id = await held(here);
    const { status, body } = await recall(await here.client({ role: 'reviewer' }), id);
    expect([status, body.action]).toMatchObject([
      200,
      { status: 'pending_approval', status_reason: 'recalled', approval: null },
    ]);
    expect((await api.recorded(id)).last).toMatchObject({ event: 'action.recalled', actor: { kind: 'member' } });
    expect((await approve(here.owner, id)).status).toBe(200);
  });

  it('takes edits back as the proposal, which has to be seen again', async () => {
    const { action_id } = await here.pending();
    const edit = { action: 'edit', edits: { say: 'edited' }, hold_seconds: 60 };
    await here.owner.post(`/v1/actions/${action_id}/approve`, edit);
    const { action } = (await recall(here.owner, action_id)).body;
    expect(action).toMatchObject({ params: { say: 'edited' }, original_params: { say: 'hello' } });
    expect((await approve(here.owner, action_id)).status).toBe(409);
    expect((await approve(here.owner, action_id, { params_hash: action.params_hash })).status).toBe(200);
  });

  it('refuses a field in the body, and the second time', async () => {
    const id = await held(here);
    await here.refuses('INVALID', () => recall(here.owner, id, { comment: 'x' }), ['comment']);
    await recall(here.owner, id);
    const again = await here.refuses('INVALID_STATE', () => recall(here.owner, id));
    expect(again.error).toBe('The action is already waiting for a decision.');
  });

  it('says since when it is too late', async () => {
    const { action_id } = await here.propose();
    const at = '2026-01-02T03:04:05.678Z';
    const set = (columns: string): Promise<unknown> =>
      api.world.db.pool.query(`update actions set ${columns} where id = '${uuidOf(action_id)}'`);
    const said = async (): Promise<string> =>
      (await here.refuses('INVALID_STATE', () => recall(here.owner, action_id))).error;
    await set(`effect_started_at = '${at}'`);
    expect(await said()).toBe(`It is too late to recall the action: its effect started at ${at}.`);
    const running = `status = 'running', status_before_run = 'scheduled', lease_until = now() + interval '1 h'`;
    await set(`${running}, effect_started_at = null, started_at = '${at}'`);
    expect(await said()).toBe(`It is too late to recall the action: an attempt started at ${at}.`);
    await set(`status = 'completed', completed_at = '${at}', status_before_run = null, lease_until = null`);
    expect(await said()).toBe(`It is too late to recall the action: it ended as completed at ${at}.`);
  });

  it('has one winner against a worker: what was recalled has no effect, and what ran was not recalled', async () => {
    const owner = await here.as({});
    const winners = { recalled: 0, ran: 0 };
    for (let round = 0; round < 60; round += 1) {
      const { action_id } = await here.pending();
      await approve(here.owner, action_id);
      const id = uuidOf(action_id);
      const worker = api.world.worker();
      const [recalled] = await Promise.all([
        recallAction(owner, id, {}).catch((error: { code: string }) => error.code),
        execute(worker, id),
      ]);
      const row = await reread(api.world, { id } as ActionRow);
      const wasRecalled = typeof recalled === 'object';
      expect([row.status, effectsOf(action_id).length]).toEqual(
        wasRecalled ? ['pending_approval', 0] : ['completed', 1],
      );
      winners[wasRecalled ? 'recalled' : 'ran'] += 1;
    }
    expect(winners.recalled + winners.ran).toBe(60);
  });
});

describe('/v1/settings', () => {
  it('has defaults, and keeps what is not changed', async () => {
    const read = async () => (await here.owner.get('/v1/settings')).body.settings;
    const defaults = {
      hold_seconds: 10,
      hold_seconds_by_type: {},
      risk_by_type: {},
      reject_presets: [],
      notification_mail: null,
      retention: { params_days: null, actions_days: null },
    };
    expect(await read()).toEqual(defaults);
    await here.owner.patch('/v1/settings', { risk_by_type: { create_note: 'high' } });
    expect(await read()).toMatchObject({ risk_by_type: { create_note: 'high' } });
    await here.owner.patch('/v1/settings', { reject_presets: ['Not to this customer.'] });
    await here.owner.patch('/v1/settings', { hold_seconds: 0 });
    expect(await read()).toMatchObject({ hold_seconds: 0, reject_presets: ['Not to this customer.'] });
    expect((await (await api.tenant()).owner.get('/v1/settings')).body.settings.hold_seconds).toBe(10);
  });

  it.each([
    [{}, ''],
    [{ hold_seconds: 601 }, 'hold_seconds'],
    [{ hold_seconds_by_type: { email_message: -1 } }, 'hold_seconds_by_type.email_message'],
    [{ risk_by_type: { create_note: 'low' } }, 'risk_by_type.create_note'],
    [{ reject_presets: [''] }, 'reject_presets.0'],
    [{ hold_seconds: 5, other: 1 }, 'other'],
  ])('refuses %j', async (body, path) => {
    await here.refuses('INVALID', () => here.owner.patch('/v1/settings', body), [path]);
  });
});
