import { createHmac } from 'node:crypto';
import { hashToken, newId } from '@proviso/core';
import { useApi, clientOf, type Api, type Reply } from './test-api.ts';
import { FORM, signIn, type Session } from './sign-in.ts';

const BOARD = '/admin/queues';
const QUEUE = `${BOARD}/api/queues/actions`;
const NAME = 'proviso_operator';

const see = (api: Api, { Cookie }: Session['headers']): Promise<Reply> =>
  api.with().raw('get', `${BOARD}/api/queues`, undefined, { Accept: 'application/json', Cookie });
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
    const until = Date.now() + 60_000;
    const signed = `${key_id}.${until}.${createHmac('sha256', hashToken(key)).update(`${key_id}.${until}`).digest('base64url')}`;
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
