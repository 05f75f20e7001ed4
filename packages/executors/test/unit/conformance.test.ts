import { httpFault, type HttpFault } from '@proviso/testing/http-fake';
import { startToolServer } from '@proviso/testing/tool-server';
import { describeConformance, type ConformanceFault } from '@proviso/testing/conformance';
import { smtpFault, startFaultySmtpServer, type FaultySmtpServer, type SmtpStep } from '@proviso/testing/smtp-server';
import type { JsonObject } from '@proviso/contracts';
import { paramsOf, type Executor, type Outcome } from '@proviso/core/executor';
import {
  createNote,
  createTask,
  emailMessage,
  escalateToHuman,
  updateCompany,
  updateContact,
  updateLifecycleStage,
  workspaceTools,
} from '../../src/index.ts';
import { faultsAt, type HttpBackend } from './http-faults.ts';
import { ACME, ADA, recordsOf } from './records.ts';

interface OwnDatabase {
  records: ReturnType<typeof recordsOf>;
  effects(): number;
  close(): Promise<void>;
}

/** The executors whose effect is in our own database. */
describe.each<[Executor, JsonObject]>([
  [createNote, { content: 'Called back.', contact_id: ADA }],
  [createTask, { title: 'Call Ada', due_date: '2026-12-01', contact_id: ADA }],
  [updateContact, { contact_id: ADA, properties: { title: 'CEO', fax: null } }],
  [updateCompany, { company_id: ACME, properties: { industry: 'Anvils' } }],
  [updateLifecycleStage, { contact_id: ADA, lifecycle_stage: 'customer' }],
])('$type', (executor, params) => {
  describeConformance<OwnDatabase>(executor.type, {
    executor,
    async startBackend() {
      const records = recordsOf();
      const effects = (): number => Object.values(records.written).flat().length;
      return { records, effects, close: async () => undefined };
    },
    makeParams: () => structuredClone(params),
    makeIdentity: () => ({ identity: null, credentials: null, secrets: [] }),
    records: ({ records }) => records,
    faults: [],
  });
});

/** An answer is nothing but the result: the outcomes that bear one are the effects. */
const answers: Outcome[] = [];

describeConformance<Omit<OwnDatabase, 'records'>>('escalate_to_human', {
  executor: {
    ...escalateToHuman,
    execute: async (ctx) => {
      const outcome = await escalateToHuman.execute(ctx);
      answers.push(outcome);
      return outcome;
    },
  },
  async startBackend() {
    answers.length = 0;
    return { effects: () => answers.filter(({ kind }) => kind === 'done').length, close: async () => undefined };
  },
  makeParams: () => ({ reason: 'May I?', contact_id: ADA, options: ['yes', 'no'], answer: 'yes' }),
  makeIdentity: () => ({ identity: null, credentials: null, secrets: [] }),
  records: () => recordsOf(),
  faults: [],
});

type Mail = FaultySmtpServer & { effects(): number };
type Fault = ConformanceFault<Mail>;

const LOGIN = { user: 'sales', pass: 'tr0ub4dor&3' };
const BEFORE_CONTENT: SmtpStep[] = ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'];

const armed = (name: string, allowed: Fault['allowed'], ...faults: Parameters<Mail['next']>): Fault => ({
  name,
  allowed,
  inject: (server) => server.next(...faults),
});
const hanging = (at: SmtpStep, allowed: Fault['allowed'], accepts = false): Fault => ({
  name: `the server ${accepts ? 'accepts and hangs' : 'hangs'} at ${at}`,
  allowed,
  hangs: true,
  inject(server) {
    server.next({ ...smtpFault.hangs(at), accepts });
    return { reached: server.reached(at) };
  },
});

describeConformance<Mail>('email_message', {
  executor: emailMessage,
  async startBackend() {
    const server = await startFaultySmtpServer({ auth: LOGIN });
    return Object.assign(server, { effects: () => server.accepted.length });
  },
  makeParams: () => ({
    email: 'ada@example.com',
    subject: 'Hello',
    message: 'Hi Ada',
    cc: ['bob@example.com'],
    bcc: 'eve@example.com',
    contact_id: ADA,
  }),
  makeIdentity: ({ host, port }) => ({
    identity: {
      id: 'id_1',
      provider: 'smtp',
      name: 'Sales',
      config: { host, port, from: 'Sales <sales@ours.test>', require_tls: false },
    },
    credentials: LOGIN,
    secrets: [LOGIN.pass],
  }),
  records: () => recordsOf(),
  faults: [
    { name: 'nobody listens', allowed: ['retry'], inject: (server) => server.refuseConnections() },
    ...BEFORE_CONTENT.flatMap((at) => [
      armed(`${at} is put off (4xx)`, ['retry'], smtpFault.answers(at, '451 4.3.0 try again later')),
      armed(`${at} is refused (5xx)`, ['refused'], smtpFault.answers(at, `550 5.7.1 not for ${LOGIN.pass}`)),
      armed(`the connection is cut at ${at}`, ['retry'], smtpFault.cuts(at)),
      armed(`the server says 421 and leaves at ${at}`, ['retry'], {
        ...smtpFault.answers(at, '421 4.3.2 bye'),
        ending: 'cut',
      }),
      hanging(at, ['retry']),
    ]),
    armed('one recipient is refused', ['refused'], smtpFault.answers('RCPT', '550 5.1.1 nobody', 'bob@example.com')),
    armed('one recipient is put off', ['retry'], smtpFault.answers('RCPT', '450 4.2.0 later', 'eve@example.com')),
    armed('it is cut after the go-ahead', ['retry', 'unknown'], smtpFault.cutsAfterGoAhead()),
    armed('it is cut at the first line of content', ['unknown'], smtpFault.cuts('content')),
    hanging('content', ['unknown']),
    armed('the message is put off (4xx)', ['retry'], smtpFault.answers('end', '452 4.2.2 full')),
    armed('the message is refused (5xx)', ['refused'], smtpFault.answers('end', `554 5.7.1 spam ${LOGIN.pass}`)),
    armed('it is cut at the end, not accepted', ['unknown'], smtpFault.cuts('end')),
    armed('it is accepted and cut before the answer', ['unknown'], smtpFault.acceptsThenCuts()),
    armed('the answer is half of one', ['unknown'], { at: 'end', accepts: true, reply: '250-queued', ending: 'cut' }),
    hanging('end', ['unknown'], true),
    hanging('end', ['unknown']),
    {
      name: 'it is accepted and answered late',
      allowed: ['done'],
      inject(server) {
        const late = server.reached('end').then(() => new Promise<void>((resolve) => setImmediate(resolve)));
        server.next(smtpFault.acceptsThenAnswersLate(late));
      },
    },
  ],
});

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const REFUND = { type: 'object', properties: { order: { type: 'string' } }, additionalProperties: false };

const answered = (
  name: string,
  allowed: ConformanceFault<HttpBackend>['allowed'],
  fault: HttpFault,
): ConformanceFault<HttpBackend> => ({ name, allowed, inject: (server) => server.next('/call', fault) });
const takes = (status: number, body: string): HttpFault => ({ ...httpFault.answers(status, body), takes: true });

describe.each([true, false])('a workspace’s tool, idempotent: %s', (idempotent) => {
  let url = '';
  const executorNow = (): Executor =>
    workspaceTools({ allowPrivateAddresses: true }).executorOf({
      name: 'refund',
      version: 1,
      url,
      idempotent,
      params: paramsOf(REFUND),
    });
  describeConformance<HttpBackend>('refund', {
    // Its address is another one in each test.
    executor: { ...executorNow(), execute: (ctx) => executorNow().execute(ctx) },
    async startBackend() {
      const server = await startToolServer({ secret: () => WEBHOOK_SECRET, deduplicates: idempotent });
      ({ url } = server);
      return { ...server, effects: () => server.calls.length };
    },
    makeParams: () => ({ order: '4711' }),
    makeIdentity: () => ({ identity: null, credentials: { secret: WEBHOOK_SECRET }, secrets: [WEBHOOK_SECRET] }),
    records: () => recordsOf(),
    faults: [
      ...faultsAt('/call', { afterTaking: ['retry', 'unknown'] }),
      ...[401, 403, 409, 422].map((code) =>
        answered(`it is refused with ${code}`, ['refused'], httpFault.answers(code, WEBHOOK_SECRET)),
      ),
      answered('it points elsewhere', ['refused'], httpFault.answers(307, {}, { location: 'http://127.0.0.1/' })),
      answered('the answer is no JSON', ['unknown'], takes(200, '<html>')),
      answered('the answer is empty', ['done'], takes(200, '')),
      answered('the answer is too large', ['done'], takes(200, JSON.stringify('x'.repeat(300_000)))),
    ],
  });
});
