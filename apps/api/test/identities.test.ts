import { newId, openSecret, cancelAction, createAction } from '@proviso/core';
import { clientOf, pathsOf, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';
import { smtpFault, startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';

const { api, here } = useTenant();

const SMTP = { host: 'mail.example.com', port: 587, from: 'Ann <ann@example.com>' };
const LOGIN = { user: 'ann', pass: 'correct horse battery staple' };

describe('identities', () => {
  const create = (by: Client, body: object): Promise<Reply> => by.post('/v1/identities', body);
  const smtp = { provider: 'smtp', name: 'Mail', config: SMTP, credentials: LOGIN };
  const added = async (tenant: Tenant, body: object = smtp): Promise<string> =>
    (await create(tenant.owner, body)).body.identity.identity_id;
  const row = async ({ id }: Tenant) =>
    api.world.db.tables.identities.findFirstOrThrow({ where: { workspace_id: id }, orderBy: { created_at: 'desc' } });

  describe('POST /v1/identities', () => {
    it('adds an account, and shows its config but never its credentials', async () => {
      const { status, body, text } = await create(here.owner, smtp);
      expect(status).toBe(201);
      expect(body.identity).toEqual({
        identity_id: expect.stringMatching(/^id_/),
        provider: 'smtp',
        name: 'Mail',
        config: { ...SMTP, secure: false },
        has_credentials: true,
        status: 'active',
        pacing: null,
        verified_at: null,
        account: null,
        failing: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      });
      const others = await Promise.all([
        here.owner.get(`/v1/identities/${body.identity.identity_id}`),
        here.owner.get('/v1/identities'),
        here.owner.patch(`/v1/identities/${body.identity.identity_id}`, { name: 'New' }),
      ]);
      for (const shown of [text, ...others.map((reply) => reply.text)]) {
        expect(shown).toContain('has_credentials');
        expect(shown).not.toContain('"credentials"');
        expect(shown).not.toContain(LOGIN.pass);
      }
    });

    it('encrypts the credentials in the row, for that row only', async () => {
      await added(here);
      const { id, credentials } = await row(here);
      expect(credentials).toMatch(/^v1\.test\./);
      const bytes = Buffer.from((credentials ?? '').split('.').slice(2).join(''), 'base64url').toString('latin1');
      for (const place of [credentials, bytes]) expect(place).not.toContain(LOGIN.pass);
      const { secrets } = api.world;
      expect(openSecret(secrets, credentials ?? '', `identities.credentials:${id}`)).toEqual(LOGIN);
      expect(() => openSecret(secrets, credentials ?? '', `identities.credentials:${newId()}`)).toThrow();
    });

    it('keeps no password in the reply that an Idempotency-Key stores', async () => {
      await here.owner.post('/v1/identities', smtp, { 'Idempotency-Key': 'k' });
      const kept = await api.world.db.tables.idempotency_keys.findFirstOrThrow({ where: { workspace_id: here.id } });
      expect(JSON.stringify(kept)).not.toContain(LOGIN.pass);
    });

    it('says that it cannot keep credentials without keys, and keeps none', async () => {
      const owner = clientOf(await api.another({ secrets: new Map() }), await here.token({}));
      await here.refuses('UNAVAILABLE', () => create(owner, smtp));
      expect((await create(owner, { ...smtp, credentials: undefined })).status).toBe(201);
    });

    it.each<[string, object, string]>([
      ['no provider', { provider: undefined }, 'provider'],
      ['an unknown provider', { provider: 'pigeon' }, 'provider'],
      ['an empty name', { name: '' }, 'name'],
      ['a config without a host', { config: { port: 25, from: 'a@b.example' } }, 'config.host'],
      ['a port that is none', { config: { ...SMTP, port: 70_000 } }, 'config.port'],
      ['a sender that is no address', { config: { ...SMTP, from: 'not an address' } }, 'config.from'],
      ['a sender with a header of its own', { config: { ...SMTP, from: 'Ada\r\nBcc: eve@b.example' } }, 'config.from'],
      ['two senders', { config: { ...SMTP, from: 'a@b.example, c@d.example' } }, 'config.from'],
      ['a sender in an encoded word', { config: { ...SMTP, from: '=?UTF-8?B?QWRh?= <a@b.example>' } }, 'config.from'],
      ['a reply_to that is no address', { config: { ...SMTP, reply_to: 'nobody' } }, 'config.reply_to'],
      [
        'a sender of Resend’s that is no address',
        { provider: 'resend', config: { from: 'nobody' }, credentials: { api_key: 're_x' } },
        'config.from',
      ],
      [
        'an allowed sender that is none',
        {
          provider: 'resend',
          config: { from: 'a@b.example', from_allowed: ['@b .example'] },
          credentials: { api_key: 're_x' },
        },
        'config.from_allowed.0',
      ],
      ['an unknown config field', { config: { ...SMTP, pass: 'x' } }, 'config'],
      ['credentials without a password', { credentials: { user: 'ann' } }, 'credentials.pass'],
      ['credentials that are text', { credentials: 'secret' }, 'credentials'],
      ['an unknown field', { config_version: 9 }, 'config_version'],
      ['a status', { status: 'failing' }, 'status'],
      ['a pace of nothing', { pacing: { per_second: 0 } }, 'pacing.per_second'],
      ['an unknown pace', { pacing: { per_minute: 1 } }, 'pacing'],
    ])('refuses %s', async (_, more, path) => {
      const refused = await here.refuses('INVALID', () => create(here.owner, { ...smtp, ...more }));
      expect(pathsOf(refused).join()).toContain(path);
      expect(JSON.stringify(refused)).not.toContain(LOGIN.pass);
    });
  });

  describe('PATCH /v1/identities/{identity_id}', () => {
    const patch = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/identities/${id}`, body);

    it.each<[string, object, number]>([
      ['another config', { config: { ...SMTP, port: 25 } }, 2],
      ['the same config', { config: SMTP }, 1],
      [
        'the same config in another order',
        { config: { from: SMTP.from, secure: false, port: 587, host: SMTP.host } },
        1,
      ],
      ['another password', { credentials: { user: 'ann', pass: 'new' } }, 1],
      ['no password', { credentials: null }, 1],
      ['another name', { name: 'Post' }, 1],
      ['being disabled', { status: 'disabled' }, 1],
      ['another pace', { pacing: { per_second: 0.5, per_day: null } }, 1],
    ])('raises the version that approvals are bound to only for another config: %s', async (_, body, version) => {
      const id = await added(here);
      expect((await patch(here.owner, id, body)).status).toBe(200);
      expect((await row(here)).config_version).toBe(version);
    });

    it('changes what it names and leaves the rest', async () => {
      const id = await added(here);
      const before = await row(here);
      const { body } = await patch(here.owner, id, { name: 'Post', status: 'disabled' });
      expect(body.identity).toMatchObject({ name: 'Post', status: 'disabled', has_credentials: true });
      expect(await row(here)).toMatchObject({
        name: 'Post',
        status: 'disabled',
        credentials: before.credentials,
        config: before.config,
      });
    });

    it('replaces credentials, and forgets them by null', async () => {
      const id = await added(here);
      await patch(here.owner, id, { credentials: { user: 'bob', pass: 'new' } });
      const { id: uuid, credentials } = await row(here);
      expect(openSecret(api.world.secrets, credentials ?? '', `identities.credentials:${uuid}`)).toEqual({
        user: 'bob',
        pass: 'new',
      });
      expect((await patch(here.owner, id, { credentials: null })).body.identity.has_credentials).toBe(false);
      expect((await row(here)).credentials).toBeNull();
    });

    it.each<[string, object, string]>([
      ['no change', {}, ''],
      ['the provider', { provider: 'slack' }, 'provider'],
      ['a status that only the service sets', { status: 'failing' }, 'status'],
      ['a config that does not fit its provider', { config: { host: 'x' } }, 'config.port'],
      ['credentials that do not fit it', { credentials: { token: 'x' } }, 'credentials'],
      ['null for the config', { config: null }, 'config'],
    ])('refuses %s', async (_, body, path) => {
      const id = await added(here);
      expect(pathsOf(await here.refuses('INVALID', () => patch(here.owner, id, body))).join()).toContain(path);
    });
  });

  it('lists the workspace’s own, newest first', async () => {
    const there = await api.tenant();
    await added(there);
    await added(here);
    const { body } = await here.owner.get('/v1/identities');
    expect(body.identities.map(({ name }) => name)).toEqual(['Mail', 'internal']);
    expect(body.pagination.total_items).toBe(2);
  });
});

describe('verifying and deleting identities', () => {
  let server: FaultySmtpServer;
  beforeEach(async () => {
    server = await startFaultySmtpServer({ auth: LOGIN });
  });
  afterEach(() => server.close());

  async function added(credentials: object = LOGIN): Promise<string> {
    const config = { host: server.host, port: server.port, from: 'Ann <ann@ours.test>', require_tls: false };
    const body = { provider: 'smtp', name: 'Mail', config, credentials };
    return (await here.owner.post('/v1/identities', body)).body.identity.identity_id;
  }
  const verify = ({ owner }: Tenant, id: string, headers = {}): Promise<Reply> =>
    owner.post(`/v1/identities/${id}/verify`, {}, headers);
  const remove = ({ owner }: Tenant, id: string): Promise<Reply> => owner.delete(`/v1/identities/${id}`);

  describe('POST /v1/identities/{identity_id}/verify', () => {
    it('logs in, and returns and stores the account that answered', async () => {
      const { status, body, text } = await verify(here, await added());
      expect(status).toBe(200);
      expect(body).toMatchObject({
        verification: { ok: true, account: 'Ann <ann@ours.test>' },
        identity: { status: 'active', account: 'Ann <ann@ours.test>', verified_at: expect.any(String), failing: null },
      });
      expect(text).not.toContain(LOGIN.pass);
    });

    it('marks one that does not answer as failing, with since when and why, until it answers again', async () => {
      const id = await added({ ...LOGIN, pass: 'not the password' });
      const first = await verify(here, id);
      expect(first.body.verification).toEqual({ ok: false, message: expect.stringContaining('did not accept') });
      const { failing } = first.body.identity;
      expect(first.body.identity).toMatchObject({ status: 'failing', account: null });
      expect(failing).toEqual({ since: expect.any(String), message: expect.stringContaining('EAUTH') });
      expect((await verify(here, id)).body.identity.failing?.since).toBe(failing?.since);
      expect(first.text).not.toContain('not the password');

      await here.owner.patch(`/v1/identities/${id}`, { credentials: LOGIN });
      expect((await verify(here, id)).body.identity).toMatchObject({ status: 'active', failing: null });
    });

    it('leaves a disabled identity disabled, whatever the result', async () => {
      const [good, bad] = [await added(), await added({ ...LOGIN, pass: 'x' })];
      for (const id of [good, bad]) {
        await here.owner.patch(`/v1/identities/${id}`, { status: 'disabled' });
        expect((await verify(here, id)).body.identity.status).toBe('disabled');
      }
    });

    it('records the result only for the identity that it verified, not for one changed meanwhile', async () => {
      const id = await added({ ...LOGIN, pass: 'the old one' });
      const atLogin = server.reached('AUTH');
      let release = (): void => undefined;
      server.next({ ...smtpFault.answers('AUTH', '535 5.7.8 no'), until: new Promise<void>((go) => (release = go)) });
      const slow = verify(here, id);
      await atLogin;
      await here.owner.patch(`/v1/identities/${id}`, { credentials: LOGIN });
      release();
      expect((await slow).body).toMatchObject({ verification: { ok: false }, identity: { status: 'active' } });
    });

    it('answers a repetition of the request with the first reply, without another login', async () => {
      const id = await added();
      const first = await verify(here, id, { 'Idempotency-Key': 'k' });
      await server.refuseConnections();
      expect((await verify(here, id, { 'Idempotency-Key': 'k' })).text).toBe(first.text);
    });

    it('says nothing of the provider where the credentials cannot be opened, and writes nothing', async () => {
      await added();
      const row = await api.world.db.tables.identities.findFirstOrThrow({
        where: { workspace_id: here.id, name: 'Mail' },
      });
      const credentials = row.credentials?.replace('v1.test.', 'v1.lost.') ?? '';
      await api.world.db.tables.identities.update({ where: { id: row.id }, data: { credentials } });
      await here.refuses('UNAVAILABLE', () => verify(here, row.id));
    });
  });

  describe('DELETE /v1/identities/{identity_id}', () => {
    it('takes it away with its credentials, and old actions still say that they went through it', async () => {
      const id = await added();
      const owner = await here.as({});
      const old = await createAction(owner, { type: 'probe_idempotent', identity_id: id, params: {} });
      await cancelAction(owner, old.id, {});

      const { status, body } = await remove(here, id);
      expect([status, body.identity_id]).toEqual([200, id]);
      expect((await here.owner.get(`/v1/actions/${old.id}`)).body.action.identity_id).toBe(id);
      const kept = await api.world.db.tables.identities.findFirstOrThrow({ where: { id: old.identity_id ?? '' } });
      expect(kept).toMatchObject({ credentials: null, deleted_at: expect.any(Date) });

      const { identities } = (await here.owner.get('/v1/identities')).body;
      expect(identities.map(({ name }) => name)).toEqual(['internal']);
      for (const gone of [remove(here, id), verify(here, id), here.owner.get(`/v1/identities/${id}`)])
        expect((await gone).status).toBe(404);
      const refused = await here.owner.post('/v1/actions', { type: 'probe_idempotent', identity_id: id, params: {} });
      expect(refused.status).toBe(400);
    });

    it('refuses while open actions use it, and says how many', async () => {
      const id = await added();
      const owner = await here.as({});
      for (const direct of [true, false])
        await createAction(owner, { type: 'probe_idempotent', identity_id: id, direct, params: {} });
      const { error } = await here.refuses('CONFLICT', () => remove(here, id));
      expect(error).toContain('2 open actions');
    });

    it('leaves agents that acted through it without one', async () => {
      const id = await added();
      const made = await here.owner.post('/v1/agents', { name: 'Bot', identity_id: id });
      await remove(here, id);
      const { agent } = (await here.owner.get(`/v1/agents/${made.body.agent.agent_id}`)).body;
      expect(agent.identity_id).toBeNull();
    });
  });
});
