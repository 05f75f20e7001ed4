import { cancelAction, createAction } from '@proviso/core';
import { smtpFault, startFaultySmtpServer, type FaultySmtpServer } from '@proviso/testing/smtp-server';
import { useTenant, type Reply, type Tenant } from './test-api.ts';

const LOGIN = { user: 'ann', pass: 'correct horse battery staple' };

describe('verifying and deleting identities', () => {
  const { api, here } = useTenant();
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
