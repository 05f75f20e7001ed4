import { createSignInLink, hashToken, newId, openRateLimits, parseId, sessionCredential } from '@proviso/core';
import { clientOf, useApi, userIdOf, type Api, type Client, type Reply, type Tenant } from './test-api.ts';

const PASSWORD = 'correct horse battery staple';
const NAME = 'proviso_session';

/** A browser on the service's own pages, with a cookie. */
interface Browser extends Client {
  cookie: string;
  token: string;
  /** Asks from a page of another address. */
  from(headers: Record<string, string>): Client;
}

const cookieIn = ({ headers }: Reply): string => {
  const all = (headers['set-cookie'] ?? []) as unknown as string[];
  return all.find((cookie) => /proviso_session=/.test(cookie)) ?? '';
};

function browserWith(api: Api, cookie: string): Browser {
  const pair = cookie.split(';')[0] ?? '';
  const asking = (from: Record<string, string>): Client => {
    const send: Client['raw'] = (method, path, body, headers = {}) =>
      api.with().raw(method, path, body, { ...(pair && { Cookie: pair }), ...from, ...headers });
    const json =
      (method: 'post' | 'patch' | 'delete') =>
      (path: string, body: object = {}, headers = {}) =>
        send(method, path, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
    return {
      get: (path, query, headers) =>
        send('get', query ? `${path}?${new URLSearchParams(query).toString()}` : path, undefined, headers),
      post: json('post'),
      patch: json('patch'),
      delete: json('delete'),
      raw: send,
    };
  };
  return { ...asking({ 'Sec-Fetch-Site': 'same-origin' }), cookie, token: pair.split('=')[1] ?? '', from: asking };
}

const browser = (api: Api): Browser => browserWith(api, '');

/** Signs the person in with a link, as the page at /welcome does. */
async function signInByLink(api: Api, userId: string): Promise<Browser> {
  const token = await createSignInLink(api.world.db, parseId('user', userId) ?? userId);
  const reply = await browser(api).post('/v1/sessions/link', { token });
  if (reply.status !== 200) throw new Error(`not signed in: ${reply.text}`);
  return browserWith(api, cookieIn(reply));
}

const ownerIn = async (api: Api, { owner }: Tenant): Promise<Browser> => signInByLink(api, await userIdOf(owner));

/** Somebody who was invited, and joined with a password. */
async function joinWithPassword(api: Api, by: Client, role = 'reviewer', email = `${newId()}@example.com`) {
  const { body } = await by.post('/v1/invitations', { email, role });
  const reply = await browser(api).post('/v1/invitations/accept', {
    secret: body.secret,
    name: 'Bea',
    password: PASSWORD,
  });
  return { reply, email, by: browserWith(api, cookieIn(reply)), user_id: reply.body.member?.user_id };
}

const signIn = (api: Api, email: string, password: string, from: Record<string, string> = {}): Promise<Reply> =>
  browser(api)
    .from({ 'Sec-Fetch-Site': 'same-origin', ...from })
    .post('/api/auth/sign-in/email', { email, password });

describe('signing in', () => {
  const api = useApi();

  it('answers at /api/auth/ok', async () => {
    const { status, body } = await api.with().get('/api/auth/ok');
    expect([status, body]).toEqual([200, { ok: true }]);
  });

  it.each(['/get-session', '/sign-up/email', '/list-sessions', '/update-user', '/reset-password', '/error', ''])(
    'has nothing of better-auth at /api/auth%s',
    async (path) => {
      for (const method of ['get', 'post'] as const)
        expect((await api.with().raw(method, `/api/auth${path}`)).status).toBe(404);
    },
  );

  it('takes the e-mail address, in any case, and the password', async () => {
    const tenant = await api.tenant();
    const { email } = await joinWithPassword(api, tenant.owner);
    const reply = await signIn(api, email.toUpperCase(), PASSWORD);
    expect([reply.status, reply.body]).toEqual([200, { status: 'success' }]);
    const { body } = await browserWith(api, cookieIn(reply)).get('/v1/me');
    expect(body).toMatchObject({
      me: { email, name: 'Bea', role: 'reviewer', workspace: { workspace_id: tenant.id } },
    });
  });

  it('says the same of an unknown address and of a wrong password', async () => {
    const { email } = await joinWithPassword(api, (await api.tenant()).owner);
    const replies = [await signIn(api, email, 'wrong password'), await signIn(api, 'nobody@example.com', PASSWORD)];
    for (const { status, body, headers } of replies) {
      expect([status, body.error]).toEqual([401, 'The e-mail address or the password is wrong.']);
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('keeps a hash of the cookie’s token, and of the password what scrypt makes of it', async () => {
    const { by, user_id } = await joinWithPassword(api, (await api.tenant()).owner);
    const id = parseId('user', user_id ?? '') ?? '';
    const { sessions, sign_in_methods } = api.world.db.tables;
    const [session] = await sessions.findMany({ where: { user_id: id } });
    expect(session?.token_hash).toBe(hashToken(sessionCredential(by.token)));
    const [method] = await sign_in_methods.findMany({ where: { user_id: id } });
    expect(method?.password).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(JSON.stringify([session, method])).not.toContain(by.token);
  });

  it('gives a cookie that no script reads, and that other sites do not send with their writes', async () => {
    const reply = (await joinWithPassword(api, (await api.tenant()).owner)).reply;
    expect(cookieIn(reply)).toMatch(
      /^proviso_session=[\w-]{43}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('gives a Secure cookie for this host alone everywhere but on this machine', async () => {
    const { email } = await joinWithPassword(api, (await api.tenant()).owner);
    for (const from of [{ Host: 'proviso.example.com' }, { 'X-Forwarded-Proto': 'https' }]) {
      const cookie = cookieIn(await signIn(api, email, PASSWORD, from as Record<string, string>));
      expect(cookie).toMatch(/^__Host-proviso_session=[\w-]{43};.* Path=\/;.*Secure/);
      expect(cookie).not.toContain('Domain');
      expect(
        (
          await browserWith(api, cookie)
            .from(from as Record<string, string>)
            .get('/v1/me')
        ).status,
      ).toBe(200);
    }
    const plain = cookieIn(await signIn(api, email, PASSWORD));
    const elsewhere = browserWith(api, plain).from({ Host: 'proviso.example.com' });
    expect((await elsewhere.get('/v1/me')).status).toBe(401);
  });

  it('never has a token that the browser brought along, and ends the session that it replaces', async () => {
    const { email } = await joinWithPassword(api, (await api.tenant()).owner);
    const planted = `${NAME}=${'A'.repeat(43)}`;
    const first = cookieIn(await signIn(api, email, PASSWORD, { Cookie: planted }));
    expect(first).not.toContain('A'.repeat(43));
    expect((await browserWith(api, planted).get('/v1/me')).status).toBe(401);
    const again = cookieIn(await signIn(api, email, PASSWORD, { Cookie: first.split(';')[0] ?? '' }));
    expect((await browserWith(api, again).get('/v1/me')).status).toBe(200);
    expect((await browserWith(api, first).get('/v1/me')).status).toBe(401);
  });

  const FOREIGN: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ];
  it.each(FOREIGN)('signs nobody in from, or out for, another site: %j', async (from) => {
    const tenant = await api.tenant();
    const { email, by } = await joinWithPassword(api, tenant.owner);
    const elsewhere = browser(api).from(from);
    expect((await elsewhere.post('/api/auth/sign-in/email', { email, password: PASSWORD })).status).toBe(403);
    const token = await createSignInLink(api.world.db, parseId('user', await userIdOf(tenant.owner)) ?? '');
    const linked = await elsewhere.post('/v1/sessions/link', { token });
    expect([linked.status, cookieIn(linked)]).toEqual([403, '']);
    expect((await by.from(from).post('/api/auth/sign-out')).status).toBe(403);
    expect((await by.get('/v1/me')).status).toBe(200);
  });

  it('goes nowhere that a caller names', async () => {
    const { email } = await joinWithPassword(api, (await api.tenant()).owner);
    for (const callbackURL of ['https://evil.example', '//evil.example', '/inbox']) {
      const reply = await browser(api).post('/api/auth/sign-in/email', { email, password: PASSWORD, callbackURL });
      expect([reply.status, reply.headers.location, cookieIn(reply)]).toEqual([400, undefined, '']);
    }
  });
});

describe('guessing a password', () => {
  const api = useApi();

  it('stops after ten that were wrong in a minute, of an address and of an e-mail address', async () => {
    const { email } = await joinWithPassword(api, (await api.tenant()).owner);
    const limits = openRateLimits({ perMinute: 600 });
    const url = await api.another({}, { limits });
    const ask = async (password: string): Promise<Reply> =>
      clientOf(url).post('/api/auth/sign-in/email', { email, password });
    for (let tried = 0; tried < 9; tried += 1) expect((await ask('wrong')).status).toBe(401);
    expect((await ask(PASSWORD)).status).toBe(200); // one that is right counts as none
    expect((await ask('wrong')).status).toBe(401);
    const { status, headers } = await ask(PASSWORD);
    expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await limits.take(`email:${email}`, 'sign_in')).allowed).toBe(false);
  });
});

describe('a sign-in link', () => {
  const api = useApi();

  it('signs its person in once, also when it is used twice at once', async () => {
    const tenant = await api.tenant();
    const token = await createSignInLink(api.world.db, parseId('user', await userIdOf(tenant.owner)) ?? '');
    const both = await Promise.all([1, 2].map(() => browser(api).post('/v1/sessions/link', { token })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await browser(api).post('/v1/sessions/link', { token })).status).toBe(401);
  });

  it('is used by no GET, and is over after a quarter of an hour', async () => {
    const tenant = await api.tenant();
    const userId = parseId('user', await userIdOf(tenant.owner)) ?? '';
    const token = await createSignInLink(api.world.db, userId);
    for (const path of ['/v1/sessions/link', `/welcome?token=${token}`, '/welcome'])
      expect(cookieIn(await browser(api).get(path))).toBe('');
    const { sign_in_links } = api.world.db.tables;
    const link = await sign_in_links.findFirstOrThrow({ where: { user_id: userId } });
    expect([link.used_at, Number(link.expires_at) - Number(link.created_at)]).toEqual([null, 15 * 60_000]);
    await sign_in_links.update({ where: { id: link.id }, data: { expires_at: new Date(Date.now() - 1_000) } });
    expect((await browser(api).post('/v1/sessions/link', { token })).status).toBe(401);
  });

  it('ends with the next one for the same person', async () => {
    const tenant = await api.tenant();
    const userId = parseId('user', await userIdOf(tenant.owner)) ?? '';
    const [first, second] = [
      await createSignInLink(api.world.db, userId),
      await createSignInLink(api.world.db, userId),
    ];
    expect((await browser(api).post('/v1/sessions/link', { token: first })).status).toBe(401);
    expect((await browser(api).post('/v1/sessions/link', { token: second })).status).toBe(200);
  });

  it('works in a browser whose last session is over', async () => {
    const tenant = await api.tenant();
    const signedOut = await ownerIn(api, tenant);
    await signedOut.post('/api/auth/sign-out');
    const token = await createSignInLink(api.world.db, parseId('user', await userIdOf(tenant.owner)) ?? '');
    expect((await signedOut.post('/v1/sessions/link', { token })).status).toBe(200);
  });
});

describe('a session', () => {
  const api = useApi();

  it('is its member on /v1, and decides in their name', async () => {
    const tenant = await api.tenant();
    const { by } = await joinWithPassword(api, tenant.owner);
    const { body } = await by.get('/v1/me');
    expect(body).toMatchObject({ me: { role: 'reviewer', decides: true, session_id: expect.stringMatching(/^ses_/) } });
    const action = await tenant.pending();
    const decided = await by.post(`/v1/actions/${action.action_id}/approve`, { action: 'approve' });
    expect(decided.body.action).toMatchObject({ approval: { by: { kind: 'member', name: 'Bea' } } });
    expect((await by.get('/v1/auth/status')).body).toMatchObject({ auth_type: 'session', key_id: null });
  });

  it('decides in the second dialect, too', async () => {
    const tenant = await api.tenant();
    const { by } = await joinWithPassword(api, tenant.owner);
    const action = await tenant.pending();
    const id = parseId('action', action.action_id) ?? '';
    expect((await by.get(`/api/pending-actions/${id}`)).status).toBe(200);
    expect((await by.post(`/api/pending-actions/${id}/approve`)).status).toBe(200);
  });

  it('hears events, and no more once it is revoked', async () => {
    const tenant = await api.tenant();
    const by = await ownerIn(api, tenant);
    const stream = await fetch(`${api.url}/v1/events`, { headers: { Cookie: by.cookie.split(';')[0] ?? '' } });
    expect(stream.status).toBe(200);
    const [session] = (await by.get('/v1/sessions')).body.sessions;
    expect((await tenant.owner.delete(`/v1/sessions/${session?.session_id}`)).status).toBe(200);
    const reader = stream.body?.getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read());
  });

  it('may what its role allows, as it is at each request', async () => {
    const tenant = await api.tenant();
    const { by, user_id } = await joinWithPassword(api, tenant.owner);
    const action = await tenant.pending();
    await tenant.refuses('FORBIDDEN', () => by.post('/v1/agents', { name: 'Mine' }));
    await tenant.owner.patch(`/v1/members/${user_id}`, { role: 'viewer' });
    await tenant.refuses('FORBIDDEN', () => by.post(`/v1/actions/${action.action_id}/approve`, { action: 'approve' }));
    await tenant.owner.patch(`/v1/members/${user_id}`, { role: 'admin' });
    expect((await by.post('/v1/agents', { name: 'Mine' })).status).toBe(201);
  });

  it('reaches no workspace that its person has left from the next request on', async () => {
    const tenant = await api.tenant();
    const { by, user_id } = await joinWithPassword(api, tenant.owner);
    expect((await by.get('/v1/actions')).status).toBe(200);
    expect((await tenant.owner.delete(`/v1/members/${user_id}`)).status).toBe(200);
    expect((await by.get('/v1/actions')).status).toBe(401);
  });

  it('ends at the sign-out for whoever kept its cookie', async () => {
    const by = await ownerIn(api, await api.tenant());
    const out = await by.post('/api/auth/sign-out');
    expect([out.status, cookieIn(out)]).toEqual([
      200,
      expect.stringMatching(/^proviso_session=; Path=\/; Expires=Thu, 01 Jan 1970/),
    ]);
    expect((await by.get('/v1/me')).status).toBe(401);
  });

  it('is listed for its person, and revoked by them alone', async () => {
    const tenant = await api.tenant();
    const [here, there] = [await ownerIn(api, tenant), await ownerIn(api, tenant)];
    const { sessions } = (await here.get('/v1/sessions')).body;
    expect(sessions.map(({ current }) => current)).toEqual([false, true]);
    const other = await joinWithPassword(api, tenant.owner, 'owner');
    const [newest] = sessions;
    await tenant.refuses('NOT_FOUND', () => other.by.delete(`/v1/sessions/${newest?.session_id}`));
    expect((await here.delete(`/v1/sessions/${newest?.session_id}`)).status).toBe(200);
    expect((await there.get('/v1/me')).status).toBe(401);
    expect((await here.delete(`/v1/sessions/${newest?.session_id}`)).status).toBe(404);
    expect((await here.get('/v1/me')).status).toBe(200);
  });

  it('is over after seven days', async () => {
    const by = await ownerIn(api, await api.tenant());
    const where = { token_hash: hashToken(sessionCredential(by.token)) };
    const { sessions } = api.world.db.tables;
    const row = await sessions.findUniqueOrThrow({ where });
    expect(Number(row.expires_at) - Number(row.created_at)).toBe(7 * 24 * 3_600_000);
    await sessions.update({ where, data: { expires_at: new Date(Date.now() - 1_000) } });
    expect((await by.get('/v1/me')).status).toBe(401);
  });

  it('is no API key, and an API key no session', async () => {
    const tenant = await api.tenant();
    const by = await ownerIn(api, tenant);
    for (const token of [by.token, sessionCredential(by.token), hashToken(sessionCredential(by.token))])
      expect((await api.with(token).get('/v1/me')).status).toBe(401);
    const key = await tenant.token({});
    for (const value of [key, key.slice(0, 43), hashToken(key)])
      expect((await browserWith(api, `${NAME}=${value}`).get('/v1/me')).status).toBe(401);
  });

  const FOREIGN: Record<string, string>[] = [
    {},
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://127.0.0.1.evil.example' },
  ];
  it.each(FOREIGN)('changes nothing for what comes from elsewhere: %j', async (from) => {
    const tenant = await api.tenant();
    const by = await ownerIn(api, tenant);
    const action = await tenant.pending();
    const elsewhere = by.from(from);
    const { action_id } = action;
    for (const ask of [
      () => elsewhere.post(`/v1/actions/${action_id}/approve`, { action: 'approve' }),
      () => elsewhere.post(`/api/pending-actions/${parseId('action', action_id)}/approve`),
      () => elsewhere.patch(`/v1/actions/${action_id}`, { description: 'x' }),
      () => elsewhere.delete(`/v1/members/${newId()}`),
      () => elsewhere.patch('/v1/me/password', { password: PASSWORD }),
      () => elsewhere.post('/v1/invitations/accept', { secret: 'x' }),
    ])
      expect((await expectStill(tenant, ask)).status).toBe(403);
  });

  const expectStill = async (tenant: Tenant, ask: () => Promise<Reply>): Promise<Reply> => {
    const before = await tenant.owner.get('/v1/actions');
    const reply = await ask();
    expect((await tenant.owner.get('/v1/actions')).body.actions).toEqual(before.body.actions);
    return reply;
  };

  it('works for a browser that says where it comes from in Origin only', async () => {
    const tenant = await api.tenant();
    const by = (await ownerIn(api, tenant)).from({ Origin: api.url });
    expect((await by.post('/v1/agents', { name: 'Mine' })).status).toBe(201);
  });

  it('opens Bull Board where its person operates the instance, and to pages of the service alone', async () => {
    const tenant = await api.tenant();
    const board = (by: Client, headers = {}) =>
      by.raw('get', '/admin/queues/api/queues', undefined, { Accept: 'application/json', ...headers });
    const by = await ownerIn(api, tenant);
    expect((await board(by)).status).toBe(200);
    expect((await by.from({}).raw('post', '/admin/queues/api/queues/actions/clean/completed')).status).toBe(403);
    const elsewhere = by.from({ 'Sec-Fetch-Site': 'cross-site' });
    expect((await elsewhere.raw('post', '/admin/queues/api/queues/actions/clean/completed')).status).toBe(403);
    const { by: another } = await joinWithPassword(api, tenant.owner, 'owner');
    expect((await board(another)).status).toBe(401);
    await by.post('/api/auth/sign-out');
    expect((await board(by)).status).toBe(401);
  });
});

describe('a password', () => {
  const api = useApi();

  it('is set by a session, which ends the others', async () => {
    const tenant = await api.tenant();
    const [here, there] = [await ownerIn(api, tenant), await ownerIn(api, tenant)];
    const email = `${newId()}@example.com`;
    expect((await here.patch('/v1/me/password', { email, password: PASSWORD })).status).toBe(200);
    expect((await there.get('/v1/me')).status).toBe(401);
    expect((await here.get('/v1/me')).body).toMatchObject({ me: { sign_in_email: email } });
    expect((await signIn(api, email, PASSWORD)).status).toBe(200);
  });

  it('is changed by whoever knows it', async () => {
    const { by, email } = await joinWithPassword(api, (await api.tenant()).owner);
    const next = { password: 'another long password' };
    expect((await by.patch('/v1/me/password', next)).status).toBe(400);
    expect((await by.patch('/v1/me/password', { ...next, current_password: 'wrong' })).status).toBe(400);
    expect((await by.patch('/v1/me/password', { ...next, current_password: PASSWORD })).status).toBe(200);
    expect((await signIn(api, email, PASSWORD)).status).toBe(401);
    expect((await signIn(api, email, next.password)).status).toBe(200);
  });

  it('is set by no credential that expires, or may less than its person', async () => {
    const tenant = await api.tenant();
    const scopes = (await tenant.owner.get('/v1/auth/status')).body as unknown as { scopes: string[] };
    const keyWith = async (more: object): Promise<Client> => {
      const asked = { kind: 'personal', name: 'Narrow', scopes: scopes.scopes, ...more };
      return api.with((await tenant.owner.post('/v1/api-keys', asked)).body.token ?? '');
    };
    for (const key of [
      await keyWith({ scopes: ['actions:read'] }),
      await keyWith({ expires_at: new Date(Date.now() + 3_600_000).toISOString() }),
      await keyWith({ scopes: scopes.scopes.filter((scope) => scope !== 'instance:operate') }),
      await tenant.client({ key: true, role: 'admin' }),
    ])
      await tenant.refuses('FORBIDDEN', () => key.patch('/v1/me/password', { password: PASSWORD }));
    const narrow = await keyWith({ scopes: ['actions:read', 'workspace:admin'] });
    await tenant.refuses('FORBIDDEN', () => narrow.get('/v1/sessions'));
    await tenant.refuses('FORBIDDEN', () => narrow.delete(`/v1/sessions/${newId()}`));
  });

  it('is no shorter than twelve characters', async () => {
    const tenant = await api.tenant();
    const by = await ownerIn(api, tenant);
    await tenant.refuses('INVALID', () => by.patch('/v1/me/password', { password: 'eleven char' }));
  });

  it('is refused with an address that somebody else signs in with', async () => {
    const tenant = await api.tenant();
    const { email } = await joinWithPassword(api, tenant.owner);
    const by = await ownerIn(api, tenant);
    expect((await by.patch('/v1/me/password', { email, password: PASSWORD })).status).toBe(409);
    const elsewhere = await joinWithPassword(api, (await api.tenant()).owner, 'reviewer', email);
    expect(elsewhere.reply.status).toBe(409);
    expect((await signIn(api, email, PASSWORD)).status).toBe(200);
  });

  it('comes with no invitation of a credential that expires', async () => {
    const tenant = await api.tenant();
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const scopes = (await tenant.owner.get('/v1/auth/status')).body as unknown as { scopes: string[] };
    const { token } = (
      await tenant.owner.post('/v1/api-keys', {
        kind: 'personal',
        name: 'Short',
        expires_at,
        scopes: scopes.scopes,
      })
    ).body;
    const { reply } = await joinWithPassword(api, api.with(token ?? ''));
    expect([reply.status, cookieIn(reply)]).toEqual([409, '']);
  });

  it('lets its owner alone stay in the workspace', async () => {
    const tenant = await api.tenant();
    const { by, user_id } = await joinWithPassword(api, tenant.owner, 'owner');
    const first = await userIdOf(tenant.owner);
    expect((await by.delete(`/v1/members/${first}`)).status).toBe(200);
    expect((await by.delete(`/v1/members/${user_id}`)).status).toBe(409);
  });
});
