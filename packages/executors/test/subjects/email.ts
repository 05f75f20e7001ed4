import type { ConformanceFault } from '@proviso/testing/conformance';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { smtpFault, startFaultySmtpServer, type FaultySmtpServer, type SmtpStep } from '@proviso/testing/smtp-server';
import { emailMessage } from '../../src/index.ts';
import { ADA, recordsOf } from '../records.ts';

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

export const email: PipelineSubject<Mail> = {
  executor: emailMessage({ allowPrivateAddresses: true }),
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
    html: '<p>Hi <b>Ada</b></p>',
    in_reply_to_message_id: '<m2@example.com>',
    references: ['<m1@example.com>', '<m2@example.com>'],
  }),
  makeIdentity: ({ host, port }) => ({
    identity: {
      id: 'id_1',
      provider: 'smtp',
      name: 'Sales',
      config: {
        host,
        port,
        from: 'Sales <sales@ours.test>',
        reply_to: 'Desk <desk@ours.test>',
        require_tls: false,
      },
    },
    credentials: LOGIN,
    secrets: [LOGIN.pass],
  }),
  records: () => recordsOf(),
  sent: ({ host, port, accepted }) => [
    `${host}:${port}`,
    ...accepted.flatMap(({ from, to, raw }) => [from, ...to, ...partsOf(raw)]),
  ],
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
};

/** Headers that are made of the action's id, the time and the form of the message. */
const TRANSPORT = /^(message-id|date|mime-version|content-.*)$/i;

/** The headers of a message and the text of its parts, as plain ASCII goes. */
function partsOf(raw: string): string[] {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const told = headers.flatMap((header) => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(header) ?? [];
    return TRANSPORT.test(name) ? [] : [value];
  });
  const texts = rest.map((part) => part.split(/\r\n--/)[0]?.trim() ?? '').filter((text) => !text.startsWith('--'));
  return [...told, ...texts];
}
