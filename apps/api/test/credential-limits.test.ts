import { join, userIdOf, type Reply, useTenant } from './test-api.ts';

describe('the numbers of people, invitations and credentials are limited', () => {
  const { api, here } = useTenant();
  const sql = (text: string, values: string[]): Promise<unknown> => api.world.db.pool.query(text, values);

  async function expectFull(ask: () => Promise<Reply>, says: string): Promise<void> {
    expect((await here.refuses('INVALID_STATE', ask)).error).toContain(says);
  }

  it('open invitations of a workspace: 200; revoking one frees a place', async () => {
    const invite = (email: string): Promise<Reply> => here.owner.post('/v1/invitations', { email, role: 'viewer' });
    const { body } = await invite('first@example.com');
    await sql(
      `insert into invitations select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(),
         'email', g || '@example.com', 'secret_hash', gen_random_uuid()))).*
       from invitations i, generate_series(1, 199) g where i.workspace_id = $1`,
      [here.id],
    );
    await expectFull(() => invite('last@example.com'), 'open invitations of this workspace is 200');
    expect((await here.owner.delete(`/v1/invitations/${body.invitation.invitation_id}`)).status).toBe(200);
    expect((await invite('last@example.com')).status).toBe(201);
  });

  it('keys of a workspace: 1000; personal credentials of a person: 50', async () => {
    const copy = (kind: string, count: number): Promise<unknown> =>
      sql(
        `insert into api_keys select (jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(),
           'token_hash', gen_random_uuid()))).*
         from api_keys k, generate_series(1, ${count}) where k.name = $1`,
        [kind],
      );
    for (const [kind, most, says] of [
      ['workspace', 1_000, 'keys of this workspace is 1000'],
      ['personal', 50, 'your personal credentials is 50'],
    ] as const) {
      const name = `${kind} ${here.id}`;
      const make = (): Promise<Reply> => here.owner.post('/v1/api-keys', { name, kind, scopes: ['actions:read'] });
      const { body } = await make();
      await copy(name, most - 1);
      await expectFull(make, says);
      if (kind === 'personal') continue; // the first one counts too
      expect((await here.owner.delete(`/v1/api-keys/${body.api_key.key_id}`)).status).toBe(200);
      expect((await make()).status).toBe(201);
    }
  });

  it('members of a workspace: 1000, even with an earlier invitation', async () => {
    const { body } = await here.owner.post('/v1/invitations', { email: 'late@example.com', role: 'viewer' });
    await sql(
      `with made as (
         insert into users (id, email, name)
         select gen_random_uuid(), g || '-' || $1 || '@example.com', 'x' from generate_series(1, 999) g returning id)
       insert into members (workspace_id, user_id, role) select $1::uuid, id, 'viewer' from made`,
      [here.id],
    );
    const accept = (): Promise<Reply> =>
      api.with().post('/v1/invitations/accept', { secret: body.secret, name: 'Late' });
    await expectFull(accept, 'members of this workspace is 1000');
  });

  it('workspaces of an owner: 50', async () => {
    const userId = await userIdOf(here.owner);
    const make = (): Promise<Reply> => here.owner.post('/v1/workspaces', { name: 'More' });
    expect((await make()).status).toBe(201);
    await sql(
      `with made as (insert into workspaces (id, name) select gen_random_uuid(), 'w' from generate_series(1, 48) returning id),
       me as (select k.person_id from api_keys k join members m on m.user_id = k.person_id where m.workspace_id = $1 limit 1)
       insert into members (workspace_id, user_id, role) select made.id, me.person_id, 'owner' from made, me`,
      [here.id],
    );
    expect(userId).toBeTruthy();
    await expectFull(make, 'workspaces that you own is 50');
  });

  it('the first credential of an invited person expires with the inviting one', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const scopes = (await here.owner.get('/v1/api-keys')).body.api_keys[0]?.scopes;
    const short = await here.owner.post('/v1/api-keys', { name: 'short', kind: 'personal', scopes, expires_at });
    const expiring = api.with(short.body.token ?? '');
    const { body } = await expiring.post('/v1/invitations', { email: 'ann@example.com', role: 'admin' });
    const accepted = await api.with().post('/v1/invitations/accept', { secret: body.secret, name: 'Ann' });
    expect([accepted.status, accepted.body.api_key.expires_at]).toEqual([201, expires_at]);
    const ann = api.with(accepted.body.token ?? '');
    const made = await ann.post('/v1/api-keys', { name: 'longer', kind: 'personal', scopes: ['actions:read'] });
    expect(made.body.api_key.expires_at).toBe(expires_at);
    const lasting = await join(api, here.owner, 'admin');
    const status = await lasting.by.get('/v1/api-keys');
    expect(status.body.api_keys.map((key) => key.expires_at)).toEqual([null]);
  });
});
