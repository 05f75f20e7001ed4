import type { JsonObject } from '@proviso/contracts';
import { backends, openWorld, startApi, startWorker, TEST_KEYS, until, type World } from '@proviso/testing';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startHubspotFake } from '@proviso/testing/providers/hubspot';
import { startUnipileFake } from '@proviso/testing/providers/linkedin';
import { startResendFake } from '@proviso/testing/providers/resend';
import { startSlackFake } from '@proviso/testing/providers/slack';
import { smtpFault, startFaultySmtpServer } from '@proviso/testing/smtp-server';
import { startToolServer } from '@proviso/testing/providers/tool-server';
import { Redis } from 'ioredis';

const SMTP = { user: 'mail-l0gin', pass: 'tr0ub4dor&3/smtp+pass' };
const SLACK = 'xoxb-2417-sl4ck-t0ken';
const RESEND = 're_r3s3nd_k3y';
const HUBSPOT = 'pat-eu1-hubsp0t';
const UNIPILE = 'un1p1le+t0ken=';
const WRONG = 'wr0ng-credent1al';
const TERMINAL = ['completed', 'failed', 'rejected', 'cancelled'];

/** Plain, and in its transport forms: in headers, addresses, JSON and SMTP's AUTH PLAIN. */
const forms = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  const encoded = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...encoded];
};

/** What this run reads of the replies. */
interface Answer {
  secret: string;
  action_id: string;
  identity: { identity_id: string };
  verification: JsonObject;
  contact: { contact_id: string };
}

describe.each(backends())('credentials of a full run $name', ({ redisUrl }) => {
  let world: World;
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  const opened = async <T extends { close(): Promise<unknown> }>(opening: Promise<T>): Promise<T> => {
    const it = await opening;
    closing.push(() => it.close());
    return it;
  };

  async function startFakeProviders() {
    let toolSecret = '';
    const sides = {
      smtp: await opened(startFaultySmtpServer({ auth: SMTP })),
      slack: await opened(startSlackFake({ token: SLACK })),
      resend: await opened(startResendFake({ apiKey: RESEND })),
      hubspot: await opened(startHubspotFake({ token: HUBSPOT })),
      unipile: await opened(startUnipileFake({ token: UNIPILE })),
      tool: await opened(startToolServer({ secret: () => toolSecret })),
    };
    return { ...sides, signWith: (secret: string) => void (toolSecret = secret) };
  }
  type FakeProviders = Awaited<ReturnType<typeof startFakeProviders>>;

  async function fleet({ slack, resend, hubspot, unipile }: FakeProviders) {
    const env = {
      LOG_LEVEL: 'trace',
      PROVISO_ALLOW_PRIVATE_ADDRESSES: 'true',
      PROVISO_SLACK_URL: `${slack.url}/api`,
      PROVISO_RESEND_URL: resend.url,
      PROVISO_HUBSPOT_URL: hubspot.url,
      PROVISO_LINKEDIN_URL: unipile.url,
    };
    const options = { databaseUrl: world.databaseUrl, redisUrl, env };
    const running = [await startApi(options), await startWorker(options)] as const;
    for (const process of running) closing.push(() => process.kill());
    return running;
  }

  const accountsOf = ({ smtp }: FakeProviders): [string, JsonObject, JsonObject, JsonObject][] => [
    [
      'smtp',
      { host: smtp.host, port: smtp.port, from: 'us@ours.test', require_tls: false },
      SMTP,
      { ...SMTP, pass: WRONG },
    ],
    ['slack', {}, { token: SLACK }, { token: `xoxb-${WRONG}` }],
    ['resend', { from: 'us@ours.test', from_allowed: ['@ours.test'] }, { api_key: RESEND }, { api_key: `re_${WRONG}` }],
    ['hubspot', {}, { access_token: HUBSPOT }, { access_token: `pat-${WRONG}` }],
    [
      'linkedin',
      { mode: 'unipile', dsn: 'api1.unipile.com:13111', account_id: 'acc_1' },
      { token: UNIPILE },
      { token: WRONG },
    ],
  ];

  const PROPOSALS: [string, string, JsonObject][] = [
    ['smtp', 'email_message', { email: 'ada@example.com', subject: 'Hello', message: 'Hi' }],
    ['slack', 'send_slack_message', { channel: '#general', message: 'Hi' }],
    ['resend', 'resend_send_email', { to: 'ada@example.com', subject: 'Hello', text: 'Hi' }],
    ['hubspot', 'sync_to_crm', { properties: { jobtitle: 'CTO' } }],
    ['linkedin', 'linkedin_connection', { linkedin_url: 'https://www.linkedin.com/in/ada' }],
    ['slack', 'refund', {}],
  ];

  /** Providers that repeat what they were sent. */
  function echo({ smtp, slack, resend, hubspot, unipile }: FakeProviders): void {
    const says = (secret: string) =>
      httpFault.answers(422, { ok: false, error: `no ${secret}`, message: secret, detail: secret });
    smtp.next(smtpFault.answers('RCPT', `550 5.7.1 not for ${SMTP.pass}`));
    slack.next('chat.postMessage', says(SLACK));
    resend.next('/emails', says(RESEND));
    hubspot.next('/contacts/batch/upsert', says(HUBSPOT));
    unipile.next('/users/invite', says(UNIPILE));
  }

  /** Every row of every table, including the queue's. */
  async function rows(): Promise<string> {
    const { rows: tables } = await world.db.pool.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('public', 'bullmq') and table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    const all = tables.map(async ({ name }) => {
      const found = await world.db.pool.query<{ text: string | null }>(
        `select string_agg(to_jsonb(t)::text, E'\\n') as text from ${name} t`,
      );
      return found.rows[0]?.text ?? '';
    });
    return (await Promise.all(all)).join('\n');
  }

  /** Every value in Redis. */
  async function redisValues(): Promise<string> {
    if (!redisUrl) return '';
    const redis = new Redis(redisUrl);
    const dumps = await Promise.all(
      (await redis.keys('*')).map(async (key) => {
        const type = await redis.type(key);
        if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
        if (type === 'stream') return JSON.stringify(await redis.xrange(key, '-', '+'));
        return type === 'string' ? redis.get(key) : '';
      }),
    );
    redis.disconnect();
    return dumps.join('\n');
  }

  /** A client that keeps everything it was told. */
  function listener(url: string, token: string) {
    const replies: string[] = [];
    const ask = async (method: string, path: string, body?: object, headers: object = {}): Promise<Answer> => {
      const reply = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      replies.push(JSON.stringify([...reply.headers]), text);
      expect([path, reply.ok]).toEqual([path, true]);
      return JSON.parse(text) as Answer;
    };
    return { ask, replies };
  }
  type Ask = ReturnType<typeof listener>['ask'];

  /** One identity per provider: first with a wrong credential, then with the right one. */
  async function addIdentities(ask: Ask, sides: FakeProviders): Promise<Record<string, string>> {
    const ids: Record<string, string> = {};
    for (const [provider, config, credentials, wrong] of accountsOf(sides)) {
      const body = { provider, name: provider, config, credentials: wrong };
      const { identity_id } = (await ask('POST', '/v1/identities', body, { 'idempotency-key': provider })).identity;
      const verify = async () => (await ask('POST', `/v1/identities/${identity_id}/verify`)).verification;
      expect(await verify()).toMatchObject({ ok: false });
      await ask('PATCH', `/v1/identities/${identity_id}`, { credentials, pacing: { per_second: 50 } });
      expect(await verify()).toMatchObject({ ok: true });
      ids[provider] = identity_id;
    }
    return ids;
  }

  /** Bull Board's own payload: the jobs of the queue. */
  async function boardOf(url: string, token: string, ask: Ask): Promise<void> {
    const body = new URLSearchParams({ key: token });
    const signedIn = await fetch(`${url}/admin/sign-in`, { method: 'POST', body, redirect: 'manual' });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const headers = { cookie, accept: 'application/json' };
    const board = await ask('GET', '/admin/queues/api/queues?activeQueue=actions&jobsPerPage=50', undefined, headers);
    expect(JSON.stringify(board)).toContain('actionId');
  }

  it('appear in no log, row, reply, preview or payload of the board', async () => {
    world = await opened(openWorld({ ...(redisUrl && { redisUrl }) }));
    const sides = await startFakeProviders();
    const [api, worker] = await fleet(sides);
    const { id: workspace_id, token: tokenOf } = await world.workspace();
    const token = await tokenOf({});
    const { ask, replies } = listener(api.url, token);

    const ids = await addIdentities(ask, sides);
    const { secret } = await ask('POST', '/v1/tools', { name: 'refund', url: sides.tool.url, input_schema: {} });
    expect(replies.pop()).toContain(secret); // shown only here
    sides.signWith(secret);
    const { contact_id } = (await ask('POST', '/v1/contacts', { email: 'ada@example.com' })).contact;

    for (const round of ['answered', 'echoed']) {
      if (round === 'echoed') echo(sides);
      for (const [provider, type, given] of PROPOSALS) {
        const params = type === 'sync_to_crm' ? { ...given, contact_id } : given;
        const body = { type, identity_id: ids[provider], params, require_approval: true };
        const { action_id } = await ask('POST', '/v1/actions', body);
        await ask('POST', `/v1/actions/${action_id}/approve`, { action: 'approve' });
      }
      const open = { workspace_id, status: { notIn: TERMINAL } };
      await until('all to end', async () => (await world.db.tables.actions.count({ where: open })) === 0, 30_000);
    }
    const actions = await world.db.tables.actions.findMany({ where: { workspace_id } });
    const ended = (as: string): number => actions.filter(({ status }) => status === as).length;
    expect([ended('completed'), ended('failed')]).toEqual([PROPOSALS.length + 1, PROPOSALS.length - 1]); // a tool echoes nothing

    for (const { id } of actions) await ask('GET', `/v1/actions/${id}`);
    for (const path of ['/v1/actions', '/v1/identities', '/v1/tools']) await ask('GET', path);
    await ask('GET', `/api/pending-actions?workspace_id=${workspace_id}`);
    await boardOf(api.url, token, ask);

    const places = {
      replies: replies.join('\n'),
      rows: await rows(),
      redis: await redisValues(),
      api: api.output(),
      worker: worker.output(),
    };
    expect(places.api).toContain('/verify');
    expect(places.rows).toContain('v1.test.'); // the sealed ones are there
    const key = TEST_KEYS.split(':')[1] ?? '';
    const login = `\0${SMTP.user}\0${SMTP.pass}`;
    const secrets = [SMTP.pass, login, SLACK, RESEND, HUBSPOT, UNIPILE, WRONG, secret, token, key];
    const found = Object.entries(places).flatMap(([place, text]) =>
      secrets.flatMap(forms).flatMap((form) => (text.includes(form) ? [`${form} in ${place}`] : [])),
    );
    expect(found).toEqual([]);
  }, 90_000);
});
