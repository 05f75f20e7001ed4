import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type JsonWebKey,
} from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { formatId, openSession, parseId, sendDuePush } from '@proviso/core';
import { join, useTenant, userIdOf, type Client } from './test-api.ts';

/** A push service, which reads as little as a real one: what it gets, and how it answers. */
interface PushService {
  url: string;
  received: { path: string; headers: IncomingMessage['headers']; body: Buffer }[];
  status: number;
  server: Server;
}

async function startPushService(): Promise<PushService> {
  const service: PushService = { url: '', received: [], status: 201, server: createServer() };
  service.server.on('request', (req: IncomingMessage, res) => {
    void buffer(req).then((body) => {
      service.received.push({ path: req.url ?? '', headers: req.headers, body });
      res.writeHead(service.status).end();
    });
  });
  await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve));
  service.url = `http://127.0.0.1:${(service.server.address() as AddressInfo).port}`;
  return service;
}

/** A browser's side of a subscription. */
function newBrowser(service: PushService) {
  const ecdh = createECDH('prime256v1');
  const auth = randomBytes(16);
  const p256dh = ecdh.generateKeys();
  const subscription = {
    endpoint: `${service.url}/${randomBytes(8).toString('hex')}`,
    keys: { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') },
  };
  const derive = (secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));
  /** RFC 8291, section 4; RFC 8188. */
  const read = (body: Buffer): unknown => {
    const [salt, length] = [body.subarray(0, 16), body[20] ?? 0];
    const [theirs, sealed] = [body.subarray(21, 21 + length), body.subarray(21 + length)];
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, theirs]);
    const secret = derive(ecdh.computeSecret(theirs), auth, info, 32);
    const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    expect(text.at(-1)).toBe(2); // the last record
    return JSON.parse(text.subarray(0, -1).toString());
  };
  const own = () => service.received.filter(({ path }) => subscription.endpoint.endsWith(path));
  return { subscription, own, messages: () => own().map(({ body }) => read(body)) };
}

describe('push messages', () => {
  const { api, here } = useTenant();
  let service: PushService;
  beforeAll(async () => void (service = await startPushService()));
  afterAll(() => service.server.close());
  beforeEach(() => void (service.status = 201));

  const subscribe = async (by: Client) => {
    const browser = newBrowser(service);
    expect((await by.post('/v1/me/push/subscribe', browser.subscription)).status).toBe(200);
    return browser;
  };
  /** Two workers send all that is due. */
  async function sendAll(): Promise<void> {
    const sendUntilNone = async (): Promise<void> => {
      while ((await sendDuePush(api.world.worker())) > 0);
    };
    await Promise.all([sendUntilNone(), sendUntilNone()]);
  }
  /** As if half a minute had passed since the last message. */
  const later = () =>
    api.world.db.tables.push_subscriptions.updateMany({ where: { workspace_id: here.id }, data: { pushed_at: null } });

  it('say only how many wait, to each browser of a member, once for many proposals and from two workers', async () => {
    await here.pending(); // before the subscription
    const [phone, laptop] = [await subscribe(here.owner), await subscribe(here.owner)];
    await sendAll();
    expect([phone.messages(), laptop.messages()]).toEqual([[], []]);
    await here.pending();
    await sendAll();
    await here.pending();
    await sendAll();
    expect([phone.messages(), laptop.messages()]).toEqual([[{ waiting: 2, open: null }], [{ waiting: 2, open: null }]]);
    await later();
    await sendAll();
    expect(phone.messages()).toEqual([
      { waiting: 2, open: null },
      { waiting: 3, open: null },
    ]);
  });

  it('are signed with the key that the browser subscribed with, for that push service', async () => {
    const browser = await subscribe(here.owner);
    const { action_id } = await here.pending();
    await sendAll();
    expect(browser.messages()).toEqual([{ waiting: 1, open: action_id }]);
    const { headers } = browser.own()[0] ?? { headers: {} as IncomingMessage['headers'] };
    const { push_public_key } = (await here.owner.get('/v1/me/notifications')).body.notifications;
    const [, token = '', key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
    expect(key).toBe(push_public_key);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const point = Buffer.from(key ?? '', 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y } as JsonWebKey, format: 'jwk' });
    const signed = Buffer.from(`${head}.${claims}`);
    const isSigned = verify(
      'sha256',
      signed,
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
    expect([isSigned, aud, sub]).toEqual([true, service.url, expect.stringMatching(/^mailto:/)]);
    expect(Number(exp) * 1_000 - Date.now()).toBeLessThan(24 * 3_600_000);
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '3600', topic: 'waiting' });
  });

  it('end with the session, the membership, an unsubscription, and with 404 or 410 from the push service', async () => {
    const rows = () => api.world.db.tables.push_subscriptions.count({ where: { workspace_id: here.id } });
    const ann = await join(api, here.owner, 'reviewer');
    await subscribe(ann.by);
    await here.owner.delete(`/v1/members/${ann.user_id}`, {});
    expect(await rows()).toBe(0);
    const left = await subscribe(here.owner);
    await here.owner.post('/v1/me/push/unsubscribe', { endpoint: left.subscription.endpoint });
    expect(await rows()).toBe(0);
    for (const status of [404, 410]) {
      service.status = status;
      await subscribe(here.owner);
      await here.pending();
      await sendAll();
      expect(await rows()).toBe(0);
    }
    const userId = parseId('user', await userIdOf(here.owner)) ?? '';
    const { id: session_id } = await openSession(api.world.db, userId, { ipAddress: null, userAgent: null });
    await subscribe(here.owner);
    const { updateMany } = api.world.db.tables.push_subscriptions;
    await updateMany({ where: { workspace_id: here.id }, data: { session_id } });
    await here.owner.delete(`/v1/sessions/${formatId('session', session_id)}`);
    expect(await rows()).toBe(0);
  });

  it('are for one member per browser, and what is no subscription is refused', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    const browser = await subscribe(here.owner);
    await ann.by.post('/v1/me/push/subscribe', browser.subscription);
    await here.pending();
    await sendAll();
    expect(browser.messages()).toHaveLength(1);
    const { endpoint, keys } = browser.subscription;
    for (const [body, field] of [
      [{ endpoint: 'http://push.example.com/x', keys }, 'endpoint'],
      [{ endpoint, keys: { ...keys, auth: 'x' } }, 'keys.auth'],
      [{ endpoint }, 'keys'],
    ] as const)
      await here.refuses('INVALID', () => here.owner.post('/v1/me/push/subscribe', body), [field]);
    const stored = await api.world.db.tables.push_subscriptions.findMany();
    expect(JSON.stringify(stored)).not.toContain(endpoint);
  });

  it('that fail are not repeated, and the next proposal is told', async () => {
    const browser = await subscribe(here.owner);
    service.status = 500;
    await here.pending();
    await sendAll();
    service.status = 201;
    await later();
    await sendAll();
    expect(browser.messages()).toHaveLength(1);
    await here.pending();
    await sendAll();
    expect(browser.messages()).toEqual([expect.anything(), { waiting: 2, open: null }]);
  });
});
