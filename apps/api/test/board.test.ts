import { execute, hashToken, newId, type Consumer } from '@proviso/core';
import { backends, effectsOf, until } from '@proviso/testing';
import { uuidOf, type Api, type Reply, useTenant, useApi, clientOf } from './test-api.ts';
import { signIn, FORM, type Session } from './sign-in.ts';
import { createHmac } from 'node:crypto';

const BOARD = '/admin/queues';
const QUEUE = `${BOARD}/api/queues/actions`;

const see = (api: Api, headers: Record<string, string> = {}): Promise<Reply> =>
  api.with().raw('get', `${BOARD}/api/queues`, undefined, { Accept: 'application/json', ...headers });

describe('the board’s door', () => {
  const { api, here } = useTenant();
  const revoke = async (token: string): Promise<void> => {
    await api.world.db.tables.api_keys.update({
      where: { token_hash: hashToken(token) },
      data: { revoked_at: new Date() },
    });
  };

  it('opens to an operator’s key by POST, and sets an HttpOnly, SameSite cookie', async () => {
    const key = await here.token({});
    const { reply, headers } = await signIn(api, key);
    expect([reply.status, reply.headers.location]).toEqual([303, BOARD]);
    const [cookie = ''] = reply.headers['set-cookie'] as unknown as string[];
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/admin']) expect(cookie).toContain(part);
    expect(cookie).not.toContain('Secure');
    for (const secret of [key, hashToken(key)]) expect(cookie).not.toContain(secret);
    expect((await see(api, headers)).status).toBe(200);
    const page = await api.with().raw('get', BOARD, undefined, { ...headers, Accept: 'text/html' });
    expect([page.status, page.text.includes('Proviso')]).toEqual([200, true]);
  });

  it.each<[string, () => Promise<string>]>([
    ['a wrong key', async () => `pv_12345678_${'x'.repeat(40)}`],
    ['no key', async () => ''],
    [
      'a key without instance:operate',
      () => here.token({ scopes: ['actions:read', 'actions:write', 'workspace:admin'] }),
    ],
    ['an agent’s key', () => here.token({ agent: 'bot' })],
    ['the hash of a key', async () => hashToken(await here.token({}))],
    [
      'a revoked key',
      async () => {
        const key = await here.token({});
        await revoke(key);
        return key;
      },
    ],
  ])('stays shut for %s', async (_, key) => {
    const { reply } = await signIn(api, await key());
    expect([reply.status, reply.headers['set-cookie']]).toEqual([403, undefined]);
    expect(reply.text).toContain('role="alert"');
  });

  it('ignores a key in the query', async () => {
    const key = await here.token({});
    const reply = await api.with().get('/admin/sign-in', { key });
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(reply.text).not.toContain(key);
    const body = await api.with().get(`${BOARD}/api/queues`, { key });
    expect(body.status).not.toBe(200);
  });

  it('sends a browser without the cookie to the sign-in page, and refuses a program', async () => {
    for (const path of [BOARD, `${BOARD}/queue/actions`, `${BOARD}/api/queues`]) {
      const page = await api.with().raw('get', path, undefined, { Accept: 'text/html' });
      expect([path, page.status, page.headers.location]).toEqual([path, 303, '/admin/sign-in']);
      const reply = await api.with().raw('get', path, undefined, { Accept: 'application/json' });
      expect([path, reply.status, reply.body.code]).toEqual([path, 401, 'UNAUTHENTICATED']);
    }
    for (const method of ['put', 'post', 'patch'] as const) {
      const reply = await api.with().raw(method, `${QUEUE}/add`, '{}', { Accept: 'text/html' });
      expect([method, reply.status]).toEqual([method, 401]);
    }
  });

  it('does not accept an API key as a session', async () => {
    expect((await here.owner.raw('get', `${BOARD}/api/queues`, undefined, { Accept: 'application/json' })).status).toBe(
      401,
    );
  });

  it.each(['revoked', 'expired', 'stripped of instance:operate'])('shuts at once when the key is %s', async (how) => {
    const key = await here.token({});
    const { headers } = await signIn(api, key);
    expect((await see(api, headers)).status).toBe(200);
    const change = { revoked: { revoked_at: new Date() }, expired: { expires_at: new Date(0) } }[how] ?? {
      scopes: ['actions:write'],
    };
    await api.world.db.tables.api_keys.update({ where: { token_hash: hashToken(key) }, data: change });
    expect((await see(api, headers)).status).toBe(401);
  });

  it.each<[string, (workspace_id: string) => Promise<unknown>]>([
    ['no longer a member', (workspace_id) => api.world.db.tables.members.deleteMany({ where: { workspace_id } })],
    [
      'a viewer now',
      (workspace_id) => api.world.db.tables.members.updateMany({ where: { workspace_id }, data: { role: 'viewer' } }),
    ],
  ])('shuts when the key’s owner is %s', async (_, change) => {
    const key = await here.token({});
    const { headers } = await signIn(api, key);
    await change(here.id);
    expect((await see(api, headers)).status).toBe(401);
    expect((await signIn(api, key)).reply.status).toBe(403);
  });

  it('loads nothing from another host, whatever its pages ask for', async () => {
    const session = await signIn(api, await here.token({}));
    for (const path of ['/admin/sign-in', '/admin', BOARD, `${BOARD}/queue/actions`]) {
      const page = await api.with().raw('get', path, undefined, { ...session.headers, Accept: 'text/html' });
      expect(page.status).toBe(200);
      const policy = new Map(
        (page.headers['content-security-policy'] ?? '')
          .split(';')
          .map((rule) => rule.split(/ (.*)/) as [string, string]),
      );
      expect(policy.get('style-src')).toBe("'self' 'unsafe-inline'");
      expect(policy.get('script-src')).toBe("'self'");
      expect(policy.get('default-src')).toBe("'self'");
      expect(policy.get('frame-ancestors')).toBe("'none'");
      // Nor does it try: a request that the policy stops is a complaint on every page.
      expect(page.text).toContain('Proviso');
      expect(page.text).not.toMatch(/(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?\/\//i);
    }
  });

  it('explains why its FAILED tab is empty and where the failed actions are', async () => {
    const { headers } = await signIn(api, await here.token({}));
    const board = await api.with().raw('get', BOARD, undefined, { ...headers, Accept: 'text/html' });
    expect(board.text).toContain('"url":"/admin#failed"');
    const { status, text } = await api.with().raw('get', '/admin', undefined, { ...headers, Accept: 'text/html' });
    expect([status, text.includes('id="failed"'), text.includes('GET /v1/actions?status=failed')]).toEqual([
      200,
      true,
      true,
    ]);
    expect((await here.owner.get('/v1/actions', { status: 'failed' })).status).toBe(200);
    expect(text).toContain('action="/admin/sign-out"');
  });
});

describe.each(backends())('the board’s buttons $name', ({ redisUrl }) => {
  const { api, here } = useTenant({ ...(redisUrl && { redisUrl }) });
  let session: Record<string, string>;
  let consumer: Consumer;
  beforeAll(async () => {
    const operator = await api.tenant();
    session = (await signIn(api, await operator.token({}))).headers;
    const worker = api.world.worker();
    consumer = await api.world.queue.consume((id) => execute(worker, id), 4);
  });
  afterAll(() => consumer.close());

  const press = (method: 'put' | 'post' | 'patch', path: string, body: object = {}): Promise<Reply> =>
    api.with().raw(method, `${QUEUE}${path}`, JSON.stringify(body), session);
  const state = async (jobId: string): Promise<string | undefined> =>
    (await api.world.queue.board.getJob(jobId))?.getState();
  const ended = (jobId: string): Promise<string> =>
    until(`the end of ${jobId}`, async () => {
      const now = await state(jobId);
      return now === 'completed' || now === 'failed' ? now : undefined;
    });
  /** Adds a job for the action as an operator could, waits for it, presses retry, and waits again. */
  async function addAndRetry(actionId: string): Promise<void> {
    const jobId = `by-hand-${newId()}`;
    const job = { name: 'execute', data: { actionId: uuidOf(actionId) }, options: { jobId } };
    expect((await press('post', '/add', job)).status).toBe(200);
    expect(await ended(jobId)).toBe('completed');
    const finishedOn = (await api.world.queue.board.getJob(jobId))?.finishedOn ?? 0;
    expect((await press('put', `/${jobId}/retry`)).status).toBe(204);
    await until('the retry', async () => {
      const again = await api.world.queue.board.getJob(jobId);
      return (again?.finishedOn ?? 0) > finishedOn;
    });
  }
  /** A cleared action is woken and runs: what did not run before it, was not going to. */
  async function runsOther(): Promise<void> {
    const { action_id } = await here.propose();
    await until('the other one', async () => (await api.recorded(action_id)).row.status === 'completed');
  }

  it('wake a cleared action, which runs once', async () => {
    const { action_id } = await here.propose();
    await until('its completion', async () => (await api.recorded(action_id)).row.status === 'completed');
    expect(effectsOf(action_id)).toHaveLength(1);
  });

  it.each<[string, string[], () => Promise<string>]>([
    ['pending', ['action.created'], async () => (await here.pending()).action_id],
    [
      'rejected',
      ['action.created', 'action.rejected'],
      async () => {
        const { action_id } = await here.pending();
        await here.owner.post(`/v1/actions/${action_id}/reject`);
        return action_id;
      },
    ],
    [
      'cancelled',
      ['action.created', 'action.cancelled'],
      async () => {
        const { action_id } = await here.pending();
        await here.owner.post(`/v1/actions/${action_id}/cancel`);
        return action_id;
      },
    ],
    [
      'scheduled for later',
      ['action.created'],
      async () => (await here.propose({ scheduled_time: '2100-01-01T00:00:00Z' })).action_id,
    ],
  ])('do not run an action that is %s', async (name, trail, make) => {
    const action_id = await make();
    const before = await api.recorded(action_id);
    if (name === 'scheduled for later') {
      const wakeUp = `${before.row.id}-1`;
      await until('its own wake-up', () => state(wakeUp));
      expect((await press('put', `/${wakeUp}/promote`)).status).toBe(204);
      await until('the wake-up to be delayed again', async () => (await state(wakeUp)) === 'delayed');
    } else await addAndRetry(action_id);
    await runsOther();
    expect(effectsOf(action_id)).toEqual([]);
    const after = await api.recorded(action_id);
    expect(after.trail).toEqual(trail);
    expect(after.row).toEqual(before.row);
  });

  it('do not run a completed action again', async () => {
    const { action_id } = await here.propose();
    await until('its completion', async () => (await api.recorded(action_id)).row.status === 'completed');
    const before = await api.recorded(action_id);
    const wakeUp = `${before.row.id}-1`;
    expect(await ended(wakeUp)).toBe('completed');
    expect((await press('put', `/${wakeUp}/retry`)).status).toBe(204);
    await addAndRetry(action_id);
    await runsOther();
    expect(effectsOf(action_id)).toHaveLength(1);
    expect(await api.recorded(action_id)).toEqual(before);
  });

  it('cannot run another action by changing a job’s data', async () => {
    const { action_id } = await here.pending();
    const before = await api.recorded(action_id);
    const jobs: object[] = [
      { actionId: uuidOf(action_id), status: 'approved', params: { say: 'forged' }, cleared_hash: 'x' },
      { actionId: { id: uuidOf(action_id) } },
      { actionId: "' or true --" },
      {},
    ];
    for (const data of jobs) {
      const jobId = `by-hand-${newId()}`;
      expect((await press('post', '/add', { name: 'approve', data, options: { jobId } })).status).toBe(200);
      await ended(jobId);
    }
    expect(effectsOf(action_id)).toEqual([]);
    expect(await api.recorded(action_id)).toEqual(before);
  });

  it.each([
    ['put', '/pause'],
    ['put', '/PAUSE'],
    ['put', '/Pause/'],
    ['put', '/resume'],
    ['put', '/concurrency'],
    ['put', '/rate-limit'],
    ['put', '/rate-limit/release'],
  ] as const)('cannot stop work: %s %s is refused', async (method, path) => {
    const reply = await press(method, path, { concurrency: 1, max: 1, duration: 60_000 });
    expect(reply.status).toBe(403);
    expect(reply.body.error).toContain('/v1/pause');
    expect(await api.world.queue.board.isPaused()).toBe(false);
  });

  it.each(['pause', 'resume', 'PAUSE'])('cannot stop work: %s of all queues is refused', async (verb) => {
    const reply = await api.with().raw('put', `${BOARD}/api/queues/${verb}`, '{}', session);
    expect(reply.status).toBe(403);
    expect(await api.world.queue.board.isPaused()).toBe(false);
  });

  it('show the queue', async () => {
    const { status, text } = await see(api, session);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ queues: [{ name: 'actions' }] });
  });

  it('lose no work when the queue is emptied: the action stays, and the page says so', async () => {
    const { action_id } = await here.propose({ scheduled_time: '2100-01-01T00:00:00Z' });
    await until('its wake-up', () => state(`${uuidOf(action_id)}-1`));
    expect((await press('put', '/empty')).status).toBeLessThan(500);
    expect((await api.recorded(action_id)).row.status).toBe('scheduled');
    await here.owner.post(`/v1/actions/${action_id}/execute`);
    await until('its completion', async () => (await api.recorded(action_id)).row.status === 'completed');
    expect(effectsOf(action_id)).toHaveLength(1);
  });

  it('are refused to API callers and then change nothing', async () => {
    const { action_id } = await here.pending();
    const job = JSON.stringify({ name: 'execute', data: { actionId: uuidOf(action_id) } });
    await here.refuses('UNAUTHENTICATED', () => here.owner.raw('post', `${QUEUE}/add`, job));
  });
});

const NAME = 'proviso_operator';

const idOf = ({ headers }: Session): string => headers.Cookie.slice(NAME.length + 1);

describe('a session of the board', () => {
  const api = useApi();
  const sessions = () => api.world.db.tables.operator_sessions;
  const rowOf = (session: Session) => sessions().findUnique({ where: { id_hash: hashToken(idOf(session)) } });
  const operator = async () => (await api.tenant()).token({});

  it('ends at sign-out in every api process, even for a copy of the cookie', async () => {
    const kept = await signIn(api, await operator());
    const there = clientOf(await api.another());
    const look = () =>
      there.raw('get', `${BOARD}/api/queues`, undefined, { Accept: 'application/json', ...kept.headers });
    expect((await look()).status).toBe(200);
    const out = await api.with().raw('post', '/admin/sign-out', '', { ...FORM, ...kept.headers });
    expect([out.status, out.headers.location]).toEqual([303, '/admin/sign-in']);
    expect(String(out.headers['set-cookie'])).toMatch(/proviso_operator=;.*Path=\/admin.*Expires=Thu, 01 Jan 1970/);
    expect((await look()).status).toBe(401);
    expect((await see(api, kept.headers)).status).toBe(401);
    expect(await rowOf(kept)).toBeNull();
  });

  it('signs out one browser and leaves the operator’s others', async () => {
    const key = await operator();
    const [first, second] = [await signIn(api, key), await signIn(api, key)];
    await api.with().raw('post', '/admin/sign-out', '', { ...FORM, ...first.headers });
    expect((await see(api, second.headers)).status).toBe(200);
  });

  it('accepts a sign-out without a session', async () => {
    expect((await api.with().raw('post', '/admin/sign-out', '', FORM)).status).toBe(303);
  });

  it('has a random id that is stored as a hash', async () => {
    const key = await operator();
    const session = await signIn(api, key);
    const row = await rowOf(session);
    expect(idOf(session)).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(row)).not.toContain(idOf(session));
    for (const secret of [key, hashToken(key)])
      expect(String(session.reply.headers['set-cookie'])).not.toContain(secret);
  });

  it('ends after half an hour without a request', async () => {
    const session = await signIn(api, await operator());
    const seen = async (minutesAgo: number): Promise<void> => {
      const seen_at = new Date(Date.now() - minutesAgo * 60_000);
      await sessions().update({ where: { id_hash: hashToken(idOf(session)) }, data: { seen_at } });
    };
    await seen(29);
    expect((await see(api, session.headers)).status).toBe(200);
    expect(Date.now() - Number((await rowOf(session))?.seen_at)).toBeLessThan(60_000);
    await seen(31);
    expect((await see(api, session.headers)).status).toBe(401);
  });

  it('ends after eight hours, however busy', async () => {
    const session = await signIn(api, await operator());
    const row = await rowOf(session);
    expect(Number(row?.expires_at) - Number(row?.created_at)).toBe(8 * 3_600_000);
    const past = new Date(Date.now() - 1_000);
    await sessions().update({ where: { id_hash: hashToken(idOf(session)) }, data: { expires_at: past } });
    expect((await see(api, session.headers)).status).toBe(401);
  });

  it('never uses an id from the browser, and ends the session that it replaces', async () => {
    const key = await operator();
    const planted = `${NAME}=${'A'.repeat(43)}`;
    const victim = await signIn(api, key, { Cookie: planted });
    expect(victim.headers.Cookie).not.toBe(planted);
    expect((await see(api, { Cookie: planted })).status).toBe(401);
    const again = await signIn(api, key, victim.headers);
    expect((await see(api, again.headers)).status).toBe(200);
    expect((await see(api, victim.headers)).status).toBe(401);
  });

  it('keeps its cookie when somebody else fails to sign in with it', async () => {
    const session = await signIn(api, await operator());
    await signIn(api, 'nobody’s key', session.headers);
    expect((await see(api, session.headers)).status).toBe(200);
  });

  it('is limited to ten per key: the oldest ends, and ended ones are deleted', async () => {
    const key = await operator();
    const all: Session[] = [];
    for (let count = 0; count < 11; count++) all.push(await signIn(api, key));
    const { key_id } = (await rowOf(all.at(-1) as Session)) ?? { key_id: '' };
    expect(await sessions().count({ where: { key_id } })).toBe(10);
    expect((await see(api, (all[0] as Session).headers)).status).toBe(401);
    expect((await see(api, (all[1] as Session).headers)).status).toBe(200);
    await sessions().updateMany({ where: { key_id }, data: { expires_at: new Date(0) } });
    await signIn(api, key);
    expect(await sessions().count({ where: { key_id } })).toBe(1);
  });

  it('cannot be opened with a forged cookie', async () => {
    const key = await operator();
    const session = await signIn(api, key);
    const id = idOf(session);
    const { id_hash, key_id } = (await rowOf(session)) ?? { id_hash: '', key_id: '' };
    const expiry = Date.now() + 60_000;
    const signed = `${key_id}.${expiry}.${createHmac('sha256', hashToken(key)).update(`${key_id}.${expiry}`).digest('base64url')}`;
    for (const forged of [id_hash, key_id, key, hashToken(key), signed, '', id.slice(1), `${id}A`, `"${id}"`, newId()])
      expect([forged, (await see(api, { Cookie: `${NAME}=${forged}` })).status]).toEqual([forged, 401]);
    expect((await see(api, { Cookie: `other=1; ${NAME}=${id}` })).status).toBe(200);
  });

  it('leaves no cached page in the browser', async () => {
    const session = await signIn(api, await operator());
    expect((await see(api, session.headers)).headers['cache-control']).toBe('no-store');
  });

  const FOREIGN: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://127.0.0.1:1' },
    { Origin: 'http://127.0.0.1.evil.example' },
    { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'nonsense' },
  ];
  it.each(FOREIGN)('refuses cross-site requests and sign-ins: %j', async (from) => {
    const key = await operator();
    const { headers } = await signIn(api, key);
    const job = JSON.stringify({ name: 'execute', data: { actionId: newId() }, options: { jobId: 'foreign' } });
    expect((await api.with().raw('post', `${QUEUE}/add`, job, { ...headers, ...from })).status).toBe(403);
    expect(await api.world.queue.board.getJob('foreign')).toBeFalsy();
    const entry = await signIn(api, key, from);
    expect([entry.reply.status, entry.reply.headers['set-cookie']]).toEqual([403, undefined]);
    expect((await api.with().raw('post', '/admin/sign-out', '', { ...FORM, ...headers, ...from })).status).toBe(403);
    expect((await see(api, headers)).status).toBe(200);
  });

  it('accepts requests from its own pages', async () => {
    const { host } = new URL(api.url);
    for (const from of [
      { Origin: `http://${host}` },
      { Origin: `https://${host}` },
      { 'Sec-Fetch-Site': 'same-origin' },
    ])
      expect((await signIn(api, await operator(), from)).reply.status).toBe(303);
  });

  it.each([{ 'X-Forwarded-Proto': 'https' }, { Origin: 'https' }])('has a Secure cookie behind TLS: %j', async (by) => {
    const from = 'Origin' in by ? { Origin: `https://${new URL(api.url).host}` } : by;
    expect(String((await signIn(api, await operator(), from)).reply.headers['set-cookie'])).toContain('Secure');
  });
});
