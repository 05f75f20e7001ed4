import { sendDueNotification } from '@proviso/core';
import { startSmtpSink, type SmtpSink } from '@proviso/local-server/smtp-sink';
import { join, type Client, useTenant, userIdOf, uuidOf } from './test-api.ts';

const INBOX = 'https://inbox.example.com';

describe('mails about what waits', () => {
  const { api, here } = useTenant();
  let sink: SmtpSink;
  let identityId: string;
  beforeAll(async () => void (sink = await startSmtpSink()));
  afterAll(() => sink.close());

  const choose = (identity_id: string, more: object = {}) =>
    here.owner.patch('/v1/settings', { notification_mail: { identity_id, inbox_url: INBOX, ...more } });
  const ask = (by: Client, body: object) => by.patch('/v1/me/notifications', body);
  const tables = () => api.world.db.tables;
  /** As if the last digest had been sent yesterday, and `changes`. */
  const age = (changes: object = {}) =>
    tables().notification_settings.updateMany({
      where: { workspace_id: here.id },
      data: { digest_date: new Date('2026-01-01'), ...changes },
    });
  /** Two workers send all that is due. */
  async function sendAll(): Promise<void> {
    const sendUntilNone = async (): Promise<void> => {
      while ((await sendDueNotification(api.world.worker())) > 0);
    };
    await Promise.all([sendUntilNone(), sendUntilNone()]);
  }
  /** Where it is that hour now, by the clock of the database. */
  async function zoneAt(hour: number): Promise<string> {
    const { rows } = await api.world.db.pool.query<{ hour: number }>(
      "select extract(hour from clock_timestamp() at time zone 'UTC')::int as hour",
    );
    const east = ((hour - (rows[0]?.hour ?? 0) + 36) % 24) - 12;
    return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
  }
  const waitedFor = (actionId: string, minutes: number) =>
    tables().actions.update({
      where: { id: uuidOf(actionId) },
      data: { asked_at: new Date(Date.now() - minutes * 60_000) },
    });

  beforeEach(async () => {
    sink.clear();
    identityId = await here.identity('smtp', { host: sink.host, port: sink.port, from: 'Proviso <p@example.com>' });
    expect((await choose(identityId)).status).toBe(200);
  });

  it('send one digest a day from two workers, with titles and links that only open an action', async () => {
    const { action_id } = await here.pending({
      type: 'create_task',
      params: { title: 'Call Ada', description: 'Secret' },
    });
    const { body } = await ask(here.owner, { digest_hour: 10, time_zone: await zoneAt(20) });
    await sendAll();
    expect(sink.messages()).toEqual([]); // today's hour has passed: the first one is tomorrow's
    await age();
    await sendAll();
    await sendAll();
    const [mail, ...others] = sink.messages();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      to: [body.notifications.email],
      subject: '1 proposal waits for a decision in Test',
      headers: { list_unsubscribe: `<${INBOX}/settings>` },
    });
    expect(mail?.text).toContain('Call Ada');
    expect(mail?.text).toContain(`${INBOX}/actions/${action_id}`);
    expect(mail?.text).not.toContain('Secret');
    const { body: opened } = await here.owner.get(`/v1/actions/${action_id}`);
    expect(opened.action.status).toBe('pending_approval');
  });

  it('wait for the hour of the member’s own day', async () => {
    await here.pending();
    const ann = await join(api, here.owner, 'reviewer');
    await ask(here.owner, { digest_hour: 18, time_zone: await zoneAt(12) });
    await ask(ann.by, { digest_hour: 18, time_zone: await zoneAt(20) });
    await age();
    await sendAll();
    const { email } = (await ann.by.get('/v1/me/notifications')).body.notifications;
    expect(sink.messages().map(({ to }) => to)).toEqual([[email]]);
  });

  it('are not sent to who ended them, may not decide, or has nothing waiting', async () => {
    const [bea, cleo] = [await join(api, here.owner, 'reviewer'), await join(api, here.owner, 'reviewer')];
    const { action_id } = await here.pending();
    await here.owner.post(`/v1/actions/${action_id}/assign`, { user_id: await userIdOf(here.owner) });
    const time_zone = await zoneAt(20);
    for (const by of [here.owner, bea.by, cleo.by]) await ask(by, { digest_hour: 10, time_zone, waiting_minutes: 5 });
    await ask(here.owner, { digest_hour: null, waiting_minutes: null });
    await here.owner.patch(`/v1/members/${cleo.user_id}`, { role: 'viewer' });
    await age();
    await waitedFor(action_id, 60);
    await sendAll();
    expect(sink.messages()).toEqual([]); // Bea has nothing waiting: it is assigned to the owner
    await ask(here.owner, { waiting_minutes: 5 });
    await sendAll();
    expect(sink.messages()).toHaveLength(1);
  });

  it('name what has waited too long once, and only that', async () => {
    const [late, early] = [await here.pending(), await here.pending()];
    await waitedFor(late.action_id, 61);
    await ask(here.owner, { waiting_minutes: 60 });
    await sendAll();
    await sendAll();
    expect(sink.messages()).toMatchObject([{ subject: '1 proposal has waited over 1 hour in Test' }]);
    expect(sink.messages()[0]?.text).not.toContain(early.action_id);
    await age({ waiting_sent_at: new Date('2026-01-01') });
    await sendAll();
    expect(sink.messages()).toHaveLength(1); // the first mail covers it
    await waitedFor(early.action_id, 60.5);
    await sendAll();
    expect(sink.messages()[1]?.text).toContain('2 proposals have waited over 1 hour');
  });

  it('are sent later if the server certainly did not take them, and never through a disabled identity', async () => {
    await here.pending();
    const config = { host: '127.0.0.1', port: 1, from: 'p@example.com' };
    await choose(await here.identity('smtp', config));
    await ask(here.owner, { digest_hour: 10, time_zone: await zoneAt(20) });
    await age();
    await sendAll();
    await choose(identityId);
    await sendAll();
    expect(sink.messages()).toEqual([]); // not before ten minutes have passed
    await tables().notification_settings.updateMany({ where: { workspace_id: here.id }, data: { not_before: null } });
    await here.owner.patch(`/v1/identities/${identityId}`, { status: 'disabled' });
    await sendAll();
    expect(sink.messages()).toEqual([]);
    await here.owner.patch(`/v1/identities/${identityId}`, { status: 'active' });
    await sendAll();
    expect(sink.messages()).toHaveLength(1);
  });

  it('go through an identity of the workspace that sends mail, chosen by an admin', async () => {
    const path = 'notification_mail.identity_id';
    const other = await api.tenant();
    const foreign = await other.identity('smtp', { host: sink.host, port: sink.port, from: 'p@example.com' });
    await here.refuses('INVALID', () => choose(foreign), [path]);
    await here.refuses('INVALID', () => choose(here.identityId), [path]);
    await here.refuses('INVALID', () => choose(identityId, { inbox_url: 'javascript:alert(1)' }), [
      'notification_mail.inbox_url',
    ]);
    const reviewer = await here.client({ role: 'reviewer' });
    await here.refuses('FORBIDDEN', () => reviewer.patch('/v1/settings', { notification_mail: null }));
    expect((await here.owner.get('/v1/settings')).body.settings.notification_mail).toMatchObject({ inbox_url: INBOX });
  });

  it('are each member’s own choice: others do not see it, and what is no choice is refused', async () => {
    const ann = await join(api, here.owner, 'reviewer');
    await ask(ann.by, { digest_hour: 7, time_zone: 'Europe/Berlin' });
    expect((await ask(ann.by, { waiting_minutes: 30 })).body.notifications).toMatchObject({
      digest_hour: 7,
      time_zone: 'Europe/Berlin',
      waiting_minutes: 30,
      mails: true,
    });
    const nothing = { digest_hour: null, time_zone: 'UTC', waiting_minutes: null };
    expect((await here.owner.get('/v1/me/notifications')).body.notifications).toMatchObject(nothing);
    for (const [field, value] of [
      ['digest_hour', 24],
      ['time_zone', 'Mars/Olympus'],
      ['time_zone', '+02:00'],
      ['waiting_minutes', 1],
    ] as const)
      await here.refuses('INVALID', () => ask(here.owner, { [field]: value }), [field]);
    await here.refuses('INVALID', () => ask(here.owner, {}));
    const viewer = await here.client({ role: 'viewer' });
    await here.refuses('FORBIDDEN', () => ask(viewer, { digest_hour: 7 }));
    const key = await here.client({ key: true, decides: true });
    await here.refuses('FORBIDDEN', () => ask(key, { digest_hour: 7 }));
  });
});
