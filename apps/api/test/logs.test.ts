import { createSignInLink, newId, parseId } from '@proviso/core';
import { until } from '@proviso/testing';
import { pino } from 'pino';
import { clientOf, startTestApi, useTenant } from './test-api.ts';

describe('a request’s line in the log', () => {
  const { api, here } = useTenant();

  it('has the request’s id, the action that it is about, and neither the token nor what was sent', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const { url, close } = await startTestApi({ ...api.world, log });
    const token = await here.token({});
    const owner = clientOf(url, token);
    const { action_id } = await here.pending({ params: { say: 'a secret plan' } }, owner);
    await owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' }, { 'X-Request-Id': 'trace-7' });
    await owner.get('/v1/actions/nothing');
    await close();

    const told = lines.map((line) => JSON.parse(line) as { req?: object; res?: object; action?: string });
    expect(told).toMatchObject([
      { req: { method: 'POST', url: '/v1/actions', id: expect.any(String) }, res: { status: 200 }, action: action_id },
      { req: { id: 'trace-7' }, res: { status: 200 }, action: action_id },
      { res: { status: 404 } },
    ]);
    for (const secret of [token, token.slice(12), 'a secret plan']) expect(lines.join('')).not.toContain(secret);
  });

  it.each([
    [[], '203.0.113.9', /127\.0\.0\.1$/],
    [['10.0.0.0/8'], '203.0.113.9', /127\.0\.0\.1$/],
    [['loopback'], '203.0.113.9', /^203\.0\.113\.9$/],
    [['loopback'], '198.51.100.1, 203.0.113.9', /^203\.0\.113\.9$/],
    [['loopback', '10.0.0.0/8'], '198.51.100.1, 203.0.113.9, 10.1.2.3', /^203\.0\.113\.9$/],
  ])('with the proxies %j, X-Forwarded-For: %s counts as the address %s', async (trustProxy, forwarded, address) => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const { url, close } = await startTestApi({ ...api.world, log }, { trustProxy });
    await clientOf(url, 'pv_12345678_nobody').get('/v1/actions', {}, { 'X-Forwarded-For': forwarded });
    await close();
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ address: expect.stringMatching(address) });
  });

  it('logs bad keys and failed sign-ins at info: one line, then one per period with their number', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const { url, close } = await startTestApi({ ...api.world, log });
    const stranger = clientOf(url, 'pv_12345678_nobody');
    for (let count = 0; count < 8; count++) expect((await stranger.get('/v1/actions')).status).toBe(401);
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const entry = await clientOf(url).raw('post', '/admin/sign-in', 'key=a+wrong+key', form);
    expect(entry.status).toBe(403);
    const told = (): { msg: string; refused: number }[] => lines.map((line) => JSON.parse(line));
    expect(told()).toMatchObject([
      {
        level: 30,
        address: expect.stringContaining('127.0.0.1'),
        refused: 1,
        msg: expect.stringContaining('valid key'),
      },
      { level: 30, address: expect.stringContaining('127.0.0.1'), refused: 1, msg: expect.stringContaining('sign-in') },
    ]);
    await until('the rest', () => lines.length === 3, 8_000);
    expect(told()[2]).toMatchObject({ refused: 7, msg: told()[0]?.msg });
    for (const secret of ['nobody', 'wrong key']) expect(lines.join('')).not.toContain(secret);
    await close();
  });

  it('logs at info who signed in and how, and refused sign-ins without the name or password that was given', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const { url, close } = await startTestApi({ ...api.world, log });
    const [nobody, email, password] = [clientOf(url), `${newId()}@example.com`, 'a long enough passphrase'];
    const ownPage = { 'Sec-Fetch-Site': 'same-origin' };
    const { secret } = (await here.owner.post('/v1/invitations', { email, role: 'reviewer' })).body;
    const joined = await nobody.post('/v1/invitations/accept', { secret, name: 'Bea', password });
    const { user_id } = joined.body.member;
    const signIn = (given: string) => nobody.post('/api/auth/sign-in/email', { email, password: given }, ownPage);
    expect((await signIn(password)).status).toBe(200);
    const token = await createSignInLink(api.world.db, parseId('user', user_id) ?? '');
    expect((await nobody.post('/v1/sessions/link', { token })).status).toBe(200);
    expect((await signIn('a wrong password')).status).toBe(401);
    expect((await nobody.post('/v1/sessions/link', { token })).status).toBe(401);
    await close();

    const signedIn = {
      level: 30,
      user: user_id,
      address: expect.stringContaining('127.0.0.1'),
      msg: 'a person signed in',
    };
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { ...signedIn, method: 'invitation' },
      { ...signedIn, method: 'password' },
      { ...signedIn, method: 'link' },
      { level: 30, refused: 1, msg: 'a sign-in was refused' },
    ]);
    for (const given of [email, password, token, 'a wrong password']) expect(lines.join('')).not.toContain(given);
  });
});
