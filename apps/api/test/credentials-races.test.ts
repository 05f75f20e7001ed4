// A right that ends while it is being used: the moment in which it is used is that of the write, not that of the question.
import { request } from 'node:http';
import { SCOPES } from '@proviso/contracts';
import { newId, openRateLimits, parseId, type RateLimits } from '@proviso/core';
import { until } from '@proviso/testing';
import {
  holdings,
  join,
  userIdOf,
  useTenant,
  type Client,
  type Reply,
  type Tenant,
  proposal,
  uuidOf,
} from './test-api.ts';
import { defineExecutor, done } from '@proviso/core/executor';
import { z } from 'zod';

describe('a right that ends', () => {
  const { api, here } = useTenant();
  const WIDE = { kind: 'personal', name: 'x', scopes: [...SCOPES] };
  const make = (by: Client, more: object = {}): Promise<Reply> =>
    by.post('/v1/api-keys', { name: 'x', scopes: ['actions:read'], ...more });
  const invite = (by: Client, role = 'viewer'): Promise<Reply> =>
    by.post('/v1/invitations', { email: `${newId()}@example.com`, role });

  describe('while a change waits for its turn', () => {
    /** Everything but the person whose right it is. */
    const others = async (tenant: Tenant, user_id: string): Promise<unknown> =>
      ((await holdings(api.world, tenant)) as { row: { user_id?: string } }[]).filter(
        ({ row }) => row.user_id !== parseId('user', user_id),
      );

    /** Asks while the workspace is locked by somebody who then changes it by that statement. $1 workspace, $2 person. */
    async function inTurn(tenant: Tenant, userId: string, change: string, ask: () => Promise<Reply>): Promise<Reply> {
      const first = await api.world.db.pool.connect();
      try {
        await first.query('begin');
        await first.query('select id from workspaces where id = $1 for no key update', [tenant.id]);
        const asked = ask();
        await until('the request to wait', async () => {
          const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
          return (await api.world.db.pool.query(waiting)).rows.length > 0;
        });
        await first.query(change, [tenant.id, parseId('user', userId)]);
        await first.query('commit');
        return await asked;
      } finally {
        first.release();
      }
    }

    const DEMOTED = `update members set role = 'viewer' where workspace_id = $1 and user_id = $2`;
    const REMOVED = `delete from members where workspace_id = $1 and user_id = $2`;

    interface Office {
      here: Tenant;
      ann: Client;
      key_id: string;
      user_id: string;
      invitation_id: string;
      agent_id: string;
    }

    it.each<[string, number, (office: Office) => Promise<Reply>]>([
      ['inviting', 403, ({ ann }) => invite(ann)],
      ['revoking an invitation', 403, ({ ann, invitation_id }) => ann.delete(`/v1/invitations/${invitation_id}`)],
      ['making a key', 403, ({ ann }) => make(ann)],
      ['making an agent’s key', 403, ({ ann, agent_id }) => make(ann, { agent_id })],
      ['revoking a key', 404, ({ ann, key_id }) => ann.delete(`/v1/api-keys/${key_id}`)],
      ['giving a role', 403, ({ ann, user_id }) => ann.patch(`/v1/members/${user_id}`, { role: 'admin' })],
      ['removing somebody', 403, ({ ann, user_id }) => ann.delete(`/v1/members/${user_id}`)],
      ['making a workspace', 403, ({ ann }) => ann.post('/v1/workspaces', { name: 'x' })],
    ])('has no effect: %s', async (_, demoted, ask) => {
      for (const [change, status] of [
        [DEMOTED, demoted],
        [REMOVED, 401],
      ] as const) {
        const tenant = await api.tenant();
        const ann = await join(api, tenant.owner, 'admin');
        const office = {
          here: tenant,
          ann: ann.by,
          key_id: (await make(tenant.owner)).body.api_key.key_id,
          user_id: (await join(api, tenant.owner, 'reviewer')).user_id,
          invitation_id: (await invite(tenant.owner)).body.invitation.invitation_id,
          agent_id: await tenant.agentId('bot'),
        };
        const before = await others(tenant, ann.user_id);
        const reply = await inTurn(tenant, ann.user_id, change, () => ask(office));
        expect([change, reply.status]).toEqual([change, status]);
        expect(await others(tenant, ann.user_id)).toEqual(before);
      }
    });
  });

  it('has no effect on a body that is still arriving', async () => {
    const limits = openRateLimits({ perMinute: 1_000 });
    const counted = new Set<string>();
    const take: RateLimits['take'] = (caller, kind) => {
      counted.add(caller);
      return limits.take(caller, kind);
    };
    const url = await api.another({}, { limits: { ...limits, take } });
    const ann = await join(api, here.owner, 'admin');
    const id = parseId('key', (await ann.by.get('/v1/auth/status')).body.key_id);
    const body = JSON.stringify({ email: 'late@example.com' });
    const sent = request(`${url}/v1/contacts`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${ann.token}`,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
      },
    });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      sent.on('response', (reply) => resolve(reply.resume().statusCode)).on('error', reject);
    });
    sent.write(body.slice(0, 5));
    await until('the sender to be known', () => counted.has(`token:${id}`));
    expect((await here.owner.delete(`/v1/members/${ann.user_id}`)).status).toBe(200);
    sent.end(body.slice(5));
    expect(await answered).toBe(401);
    expect((await here.owner.get('/v1/contacts')).body.contacts).toEqual([]);
  });

  it('an invitation is accepted or revoked, and not both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { secret, invitation } = (await invite(here.owner)).body;
      const [accepted, revoked] = await Promise.all([
        api.with().post('/v1/invitations/accept', { secret, name: 'Ann' }),
        here.owner.delete(`/v1/invitations/${invitation.invitation_id}`),
      ]);
      expect([accepted.status, revoked.status].toSorted()).toEqual(accepted.status === 201 ? [201, 409] : [200, 409]);
    }
  });

  it('a person makes a workspace or ends their last wide credential, and leaves none without an owner who can sign in', async () => {
    for (let round = 0; round < 8; round += 1) {
      const tenant = await api.tenant();
      const ann = await join(api, tenant.owner, 'admin');
      const own = (await ann.by.get('/v1/auth/status')).body.key_id;
      const [made, revoked] = await Promise.all([
        ann.by.post('/v1/workspaces', { name: 'Mine' }),
        ann.by.delete(`/v1/api-keys/${own}`),
      ]);
      expect([made.status, revoked.status]).toEqual(made.status === 201 ? [201, 409] : [401, 200]);
    }
  });

  it('two who invite the same address at once make one invitation', async () => {
    const ask = () => here.owner.post('/v1/invitations', { email: 'same@example.com', role: 'viewer' });
    const statuses = (await Promise.all([ask(), ask(), ask()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, 409, 409]);
  });

  it('a wide credential that is stolen takes along what it made: credentials, keys, and invitations that are open', async () => {
    const stolen = (await here.owner.post('/v1/api-keys', WIDE)).body;
    const thief = api.with(stolen.token ?? '');
    const next = (await thief.post('/v1/api-keys', WIDE)).body;
    const invited = [await invite(thief, 'owner'), await invite(api.with(next.token ?? ''), 'admin')];
    const mine = (await invite(here.owner)).body.secret;
    const { body } = await here.owner.delete(`/v1/api-keys/${stolen.api_key.key_id}`, { including_made: true });
    expect(body.also_revoked).toEqual([next.api_key.key_id]);
    expect(body.revoked_invitations.toSorted()).toEqual(
      invited.map((one) => one.body.invitation.invitation_id).toSorted(),
    );
    for (const { secret } of invited.map((one) => one.body))
      expect((await api.with().post('/v1/invitations/accept', { secret, name: 'x' })).status).toBe(409);
    expect((await api.with().post('/v1/invitations/accept', { secret: mine, name: 'x' })).status).toBe(201);
  });

  it('of a member whose keys were kept, and who ends none of them afterwards', async () => {
    const ann = await join(api, here.owner, 'admin');
    const scopes = ['workspace:admin', 'actions:read'];
    const key = (await make(ann.by, { scopes })).body;
    const made = (await make(api.with(key.token ?? ''))).body;
    const own = (await ann.by.get('/v1/auth/status')).body.key_id;
    const { workspace } = (await ann.by.post('/v1/workspaces', { name: 'Mine' })).body;
    const at = { 'X-Workspace-Id': workspace.workspace_id };
    const { secret } = (await ann.by.post('/v1/invitations', { email: 'bea@example.com', role: 'owner' }, at)).body;
    await api.with().post('/v1/invitations/accept', { secret, name: 'Bea' }); // without whom Ann's credential has to stay
    const kept = await here.owner.delete(`/v1/members/${ann.user_id}`, { keep_keys: true });
    expect(kept.body.kept_keys.toSorted()).toEqual([key.api_key.key_id, made.api_key.key_id].toSorted());
    const ended = await ann.by.delete(`/v1/api-keys/${own}`, { including_made: true });
    expect([ended.status, ended.body.also_revoked]).toEqual([200, []]);
    expect((await api.with(made.token ?? '').get('/v1/actions')).status).toBe(200);
  });

  it('leaves their person: who is in no workspace any more is let in again by their own credential', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    await here.owner.delete(`/v1/members/${ann.user_id}`);
    expect((await ann.by.get('/v1/auth/status')).status).toBe(401);
    const { secret } = (await here.owner.post('/v1/invitations', { email: ann.email, role: 'viewer' })).body;
    const { status, body } = await ann.by.post('/v1/invitations/accept', { secret });
    expect([status, body.token, body.member.user_id]).toEqual([201, null, ann.user_id]);
    expect(await userIdOf(ann.by)).toBe(ann.user_id);
  });
});

/** A provider that takes its time when it is told to. */
const provider = { isSlow: false, holds: [] as (() => void)[] };
const answer = (): void => {
  provider.isSlow = false;
  for (const go of provider.holds.splice(0)) go();
};
const ask = async (): Promise<Record<string, never>> => {
  if (provider.isSlow) await new Promise<void>((go) => provider.holds.push(go));
  return {};
};
const looking = defineExecutor<{ say: string }>({
  type: 'probe_looking',
  version: 1,
  delivery: 'transactional',
  identity: 'none',
  params: z.strictObject({ say: z.string() }),
  resolve: async () => ask(),
  readCurrent: async () => ask(),
  preview: ({ say }) => ({ title: say, fields: [] }),
  execute: async () => done({}),
});

describe('a right that ends while a provider is asked', () => {
  const { api, here } = useTenant({ executors: [looking] });
  afterEach(answer);
  const body = { type: 'probe_looking', params: { say: 'hello' } };

  const ends: Record<string, (here: Tenant, userId: string, by: Client) => Promise<Reply>> = {
    'a member who is removed': (tenant, userId) => tenant.owner.delete(`/v1/members/${userId}`),
    'a member who is made a viewer': (tenant, userId) =>
      tenant.owner.patch(`/v1/members/${userId}`, { role: 'viewer' }),
    'a credential that is revoked': async (_here, _userId, by) => {
      const { key_id } = (await by.get('/v1/auth/status')).body;
      return by.delete(`/v1/api-keys/${key_id}`);
    },
  };
  type Asks = (by: Client, id: string, here: Tenant, mission: string) => Promise<Reply>;
  const verbs: Record<string, Asks> = {
    approve: (by, id) => by.post(`/v1/actions/${id}/approve`, { action: 'approve' }),
    edit: (by, id) => by.post(`/v1/actions/${id}/approve`, { action: 'edit', edits: { say: 'bye' } }),
    'approve in bulk': (by, id) => by.post('/v1/actions/approve/bulk', { action: 'approve', action_ids: [id] }),
    execute: (by, id) => by.post(`/v1/actions/${id}/execute`),
    'change and approve': (by, id) => by.patch(`/v1/actions/${id}`, { params: { say: 'x' }, require_approval: false }),
    change: (by, id) => by.patch(`/v1/actions/${id}`, { params: { say: 'x' } }),
    propose: (by, _, tenant) => by.post('/v1/actions', proposal(tenant, body)),
    'propose in bulk': (by, _, tenant) => by.post('/v1/actions/bulk', { actions: [proposal(tenant, body)] }),
    'approve in the second dialect': (by, id) => by.post(`/api/pending-actions/${uuidOf(id)}/approve`, {}),
    'approve a batch': (by, id, _, mission) =>
      by.post(`/api/pending-actions/batch/${mission}:probe_looking/approve`, {
        items: [{ pendingActionId: uuidOf(id) }],
      }),
  };
  const all = Object.keys(ends).flatMap((end) => Object.keys(verbs).map((verb) => ({ end, verb })));

  it.each(all)('cannot $verb: $end', async ({ end, verb }) => {
    const { by, user_id } = await join(api, here.owner, 'admin');
    await by.post('/v1/api-keys', { name: 'another', kind: 'personal', scopes: ['actions:read'] });
    const mission_id = crypto.randomUUID();
    const { action_id } = await here.pending({ ...body, mission_id });
    provider.isSlow = true;
    const call = verbs[verb]?.(by, action_id, here, mission_id) as Promise<Reply>;
    await until('the provider to be asked', () => provider.holds.length > 0);
    expect([200, 201]).toContain((await ends[end]?.(here, user_id, by))?.status);
    const before = await holdings(api.world, here);
    answer();
    expect((await call).status).toBe(end === 'a member who is made a viewer' ? 403 : 401);
    expect(await holdings(api.world, here)).toEqual(before);
  });
});
