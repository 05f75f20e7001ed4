import { describeConformance, type ConformanceFault, type ConformanceSubject } from '@proviso/testing/conformance';
import { httpFault } from '@proviso/testing/http-fake';
import { startUnipileFake, type UnipileFake } from '@proviso/testing/linkedin';
import type { JsonObject } from '@proviso/contracts';
import type { ShownIdentity } from '@proviso/core/executor';
import { linkedinConnection, type ExecutorSettings } from '../../src/index.ts';
import { linkedin } from '../../src/providers/linkedin.ts';
import { ADA, contact, lookupIn, recordsOf } from './records.ts';

const TOKEN = 'un1p1le-t0ken';
const INVITATION = { linkedin_url: 'https://www.linkedin.com/in/ada', message: 'Hello Ada', contact_id: ADA };

const identityWith = (config: JsonObject): ShownIdentity => ({ id: 'id_1', provider: 'linkedin', name: 'Ada', config });
const UNIPILE = identityWith({ mode: 'unipile', dsn: 'api1.unipile.com:13111', account_id: 'acc_1' });

/** Where Unipile is: the fake of the running test. */
const settings: ExecutorSettings = {};
const executor = linkedinConnection(settings);

type Fake = UnipileFake & { effects(): number };
type Fault = ConformanceFault<Fake>;

const armed = (name: string, allowed: Fault['allowed'], at: string, fault: Parameters<Fake['next']>[1]): Fault => ({
  name,
  allowed,
  inject: (fake) => fake.next(at, fault),
});
const hanging = (name: string, allowed: Fault['allowed'], at: string, fault: Parameters<Fake['next']>[1]): Fault => ({
  name,
  allowed,
  hangs: true,
  inject(fake) {
    fake.next(at, fault);
    return { reached: fake.struck() };
  },
});
const says = (status: number) => httpFault.answers(status, { detail: `no, ${TOKEN}` }, { 'retry-after': '7' });

const subject: ConformanceSubject<Fake> = {
  executor,
  async startBackend() {
    const fake = await startUnipileFake({ token: TOKEN });
    settings.baseUrls = { linkedin: fake.url };
    return Object.assign(fake, { effects: () => fake.invitations.length });
  },
  makeParams: () => structuredClone(INVITATION),
  makeIdentity: () => ({ identity: UNIPILE, credentials: { token: TOKEN }, secrets: [TOKEN] }),
  records: () => recordsOf(),
  faults: [
    { name: 'nobody listens', allowed: ['retry'], inject: (fake) => fake.refuseConnections() },
    ...['/users/ada', '/users/invite'].flatMap((at) => [
      armed(`${at} is refused`, ['refused'], at, says(422)),
      armed(`${at} is too much (429)`, ['retry'], at, says(429)),
      armed(`${at} fails (5xx)`, ['retry'], at, says(503)),
      armed(`${at} is cut unread`, ['retry'], at, httpFault.cutsUnread()),
      armed(`${at} is cut`, ['retry'], at, httpFault.cuts()),
      hanging(`${at} hangs`, ['retry'], at, httpFault.hangs()),
    ]),
    armed('it is sent and the answer is lost', ['done'], '/users/invite', httpFault.takesThenCuts()),
    armed('it is sent and half an answer comes', ['done'], '/users/invite', httpFault.takesThenAnswersHalf()),
    hanging('it is sent and no answer comes', ['retry'], '/users/invite', httpFault.takesThenHangs()),
    {
      name: 'it is sent, the answer is lost, and the list of invitations too',
      allowed: ['retry'],
      inject(fake) {
        fake.next('/users/invite', httpFault.takesThenCuts());
        fake.next('/users/invite/sent', httpFault.cuts());
      },
    },
  ],
};

describeConformance('linkedin_connection over Unipile', subject);

describeConformance<{ records: ReturnType<typeof recordsOf>; effects(): number; close(): Promise<void> }>(
  'linkedin_connection by hand',
  {
    executor: { ...executor, delivery: 'transactional' }, // nothing begins: the task commits with the completion
    async startBackend() {
      const records = recordsOf();
      return { records, effects: () => records.written.tasks.length, close: async () => undefined };
    },
    makeParams: () => structuredClone(INVITATION),
    makeIdentity: () => ({ identity: identityWith({}), credentials: null, secrets: [] }),
    records: ({ records }) => records,
    faults: [],
  },
);

describe('linkedin_connection', () => {
  it.each([
    ['linkedin.com/in/ada', 'https://www.linkedin.com/in/ada'],
    ['http://de.linkedin.com/in/Ada-L_1/?trk=x#about', 'https://www.linkedin.com/in/Ada-L_1'],
    [' https://www.linkedin.com/in/ada/details/experience ', 'https://www.linkedin.com/in/ada'],
    ['https://www.linkedin.com/in/zo%C3%AB-k', 'https://www.linkedin.com/in/zo%C3%AB-k'],
    ['https://www.linkedin.com/in/zoë-k', 'https://www.linkedin.com/in/zo%C3%AB-k'],
  ])('reads %j as one spelling', (given, kept) => {
    expect(executor.params.parse({ linkedin_url: given })).toEqual({ linkedin_url: kept });
    expect(executor.params.parse({ linkedin_url: kept })).toEqual({ linkedin_url: kept });
  });

  it.each([
    'https://www.linkedin.com/company/acme',
    'https://linkedin.com.evil.test/in/ada',
    'https://evil.test/linkedin.com/in/ada',
    'https://www.linkedin.com@evil.test/in/ada',
    'https://ada@www.linkedin.com/in/ada',
    'https://www.linkedin.com:8443/in/ada',
    'https://www.linkedin.com/in/ada%2F..%2Fadmin',
    'https://www.linkedin.com/in/%zz',
    'https://www.linkedin.com/in/',
    'javascript:alert(1)//linkedin.com/in/ada',
    'ada',
    '',
  ])('takes %j for no profile', (linkedin_url) => {
    expect(executor.params.safeParse({ linkedin_url }).error?.issues.map(({ path }) => path)).toEqual([
      ['linkedin_url'],
    ]);
  });

  it('takes a note of 300 characters, and says on the card when a free account takes fewer', () => {
    const noted = (characters: number) => ({ ...INVITATION, message: 'x'.repeat(characters) });
    expect(executor.params.safeParse(noted(301)).success).toBe(false);
    const warnings = (characters: number, config: JsonObject) =>
      executor.preview(noted(characters), { identity: identityWith(config) }).warnings;
    expect(warnings(201, {})).toEqual(['The note has 201 characters; a free LinkedIn account may send 200.']);
    expect(warnings(200, {})).toBeUndefined();
    expect(warnings(300, { premium: true })).toBeUndefined();
  });

  it.each([
    [identityWith({}), 'a person: this only makes a task'],
    [UNIPILE, 'Unipile, from the account acc_1'],
  ])('says on the card who sends it', (identity, value) => {
    expect(executor.preview(INVITATION, { identity }).fields).toContainEqual({ label: 'Sent by', value });
  });

  it.each([
    [[contact()], { kind: 'ok' }],
    [[], { kind: 'refused', message: 'The contact no longer exists.' }],
    [[contact({ unsubscribedAt: new Date(0) })], { kind: 'refused', message: 'The contact has unsubscribed.' }],
  ])('asks before the run whether the contact may be invited', async (contacts, verdict) => {
    expect(await executor.guard?.(INVITATION, { ...lookupIn({ contacts }), approvedAt: new Date(0) })).toEqual(verdict);
  });

  describe('after a lost worker', () => {
    let fake: UnipileFake;
    beforeEach(async () => {
      fake = await startUnipileFake({ token: TOKEN });
      settings.baseUrls = { linkedin: fake.url };
    });
    afterEach(() => fake.close());

    const settle = (params: JsonObject = INVITATION, credentials: JsonObject | null = { token: TOKEN }) =>
      executor.reconcile?.({
        action: { id: 'act_1', workspaceId: 'w', params, attempt: 1, approval: null },
        ...lookupIn({}, { identity: UNIPILE }),
        credentials,
        key: 'k',
        signal: new AbortController().signal,
      } as never);
    const pending = { id: 'inv_9', provider_id: 'ACo_ada', message: 'Hello Ada' };

    it('finds the invitation that is pending', async () => {
      fake.invitations.push(pending);
      const result = { delivered: true, provider_id: 'ACo_ada', invitation_id: 'inv_9' };
      expect(await settle()).toEqual({ kind: 'done', result });
    });

    it.each<[string, () => void, JsonObject?]>([
      ['none is listed', () => undefined],
      ['it was accepted, and is listed no more', () => (fake.invitations.push(pending), fake.accept('inv_9'))],
      ['the pending one has another note', () => void fake.invitations.push({ ...pending, message: 'Hi' })],
      ['the pending one is another person’s', () => void fake.invitations.push({ ...pending, provider_id: 'ACo_bob' })],
      ['Unipile fails', () => fake.next('/users/invite/sent', httpFault.answers(500))],
      ['Unipile does not answer', () => fake.next('/users/invite/sent', httpFault.cuts())],
    ])('knows nothing when %s', async (_name, arrange) => {
      arrange();
      expect(await settle()).toEqual({ kind: 'unknown' });
    });

    it('is verified by the account that answers', async () => {
      const verify = (config: JsonObject, token = TOKEN) =>
        linkedin(settings).verify({
          config: linkedin().config.parse(config),
          credentials: { token },
          signal: new AbortController().signal,
        });
      expect(await verify(UNIPILE.config)).toEqual({ ok: true, account: 'Ada Sales' });
      expect(await verify({})).toEqual({ ok: true, account: 'a person, by hand' });
      const refused = { ok: false, message: 'Unipile refused it: The key is not known.' };
      expect(await verify(UNIPILE.config, 'wrong')).toEqual(refused);
      await fake.close();
      expect(await verify(UNIPILE.config)).toEqual({ ok: false, message: 'Unipile did not answer.' });
    });
  });

  it.each<[JsonObject, string]>([
    [{ mode: 'unipile' }, 'dsn'],
    [{ mode: 'unipile', dsn: '127.0.0.1:80', account_id: 'a' }, 'dsn'],
    [{ mode: 'unipile', dsn: 'api1.unipile.com.evil.test', account_id: 'a' }, 'dsn'],
    [{ mode: 'other' }, 'mode'],
    [{ dsn: 'api1.unipile.com' }, ''],
  ])('refuses the config %j', (config, at) => {
    expect(linkedin().config.safeParse(config).error?.issues[0]?.path.join('.')).toBe(at);
  });
});
