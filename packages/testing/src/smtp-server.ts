import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Where a fault occurs. `content` is the first line after the go-ahead for DATA, `end` the reply to the final dot. */
export type SmtpStep = 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'content' | 'end';

export interface SmtpFault {
  at: SmtpStep;
  /** For RCPT of this address only. */
  recipient?: string;
  /** Sent instead of the usual reply. */
  reply?: string;
  /** How it ends, after `reply` if there is one; absent = the session continues. */
  ending?: 'cut' | 'hang';
  /** At `end`: the message is accepted and counted before anything else happens. */
  accepts?: boolean;
  /** The reply waits for this. */
  until?: Promise<void>;
}

export const smtpFault = {
  answers: (at: SmtpStep, reply: string, recipient?: string): SmtpFault => ({
    at,
    reply,
    ...(recipient === undefined ? {} : { recipient }),
  }),
  hangs: (at: SmtpStep): SmtpFault => ({ at, ending: 'hang' }),
  cuts: (at: SmtpStep): SmtpFault => ({ at, ending: 'cut' }),
  /** Gives the go-ahead for DATA, then cuts the connection before it reads any content. */
  cutsAfterGoAhead: (): SmtpFault => ({ at: 'DATA', reply: '354 go ahead', ending: 'cut' }),
  acceptsThenCuts: (): SmtpFault => ({ at: 'end', accepts: true, ending: 'cut' }),
  acceptsThenAnswersLate: (until: Promise<void>): SmtpFault => ({ at: 'end', accepts: true, reply: '250 late', until }),
};

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Dot-unstuffed, with CRLF line ends. */
  raw: string;
}

export interface FaultySmtpServer {
  readonly host: string;
  readonly port: number;
  /** In the order of arrival; a message is here before its reply is sent. */
  readonly accepted: ReceivedMail[];
  /** Received to the final dot but not accepted. */
  readonly rejected: ReceivedMail[];
  /** Received lines of content, of complete messages and of others. */
  contentLines(): number;
  /** Faults of the next connection that has none yet. */
  next(...faults: SmtpFault[]): void;
  /** Resolves when a client next reaches a step; rejects after 5 s. Call it before the client starts. */
  reached(step: SmtpStep): Promise<void>;
  /** The operating system refuses connections until `listen`. */
  refuseConnections(): Promise<void>;
  listen(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultySmtpOptions {
  /** True by default: MAIL, RCPT and DATA may come in one packet. */
  pipelining?: boolean;
  /** Offered, and required, if given. */
  auth?: { user: string; pass: string };
}

/**
 * An SMTP server on loopback, without TLS. Hand-written, because a server library does not let its user misbehave. It
 * can count a message and then cut, answer DATA with 451, or stop in the middle of a reply.
 */
export async function startFaultySmtpServer(options: FaultySmtpOptions = {}): Promise<FaultySmtpServer> {
  const accepted: ReceivedMail[] = [];
  const rejected: ReceivedMail[] = [];
  const steps = new EventEmitter();
  const sockets = new Set<Socket>();
  const planned: SmtpFault[][] = [];
  let contentLines = 0;

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    const onContent = (): void => void contentLines++;
    const session: Session = { socket, faults: planned.shift() ?? [], steps, options, accepted, rejected, onContent };
    serve(session).catch(() => socket.destroy());
  });
  let port = 0;
  const listen = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const refuseConnections = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  return {
    host: '127.0.0.1',
    get port() {
      return port;
    },
    accepted,
    rejected,
    contentLines: () => contentLines,
    next: (...faults) => void planned.push(faults),
    async reached(step) {
      await once(steps, step, { signal: AbortSignal.timeout(5_000) });
    },
    refuseConnections,
    listen,
    close: async () => void (server.listening && (await refuseConnections())),
  };
}

interface Session {
  socket: Socket;
  faults: SmtpFault[];
  steps: EventEmitter;
  options: FaultySmtpOptions;
  accepted: ReceivedMail[];
  rejected: ReceivedMail[];
  onContent(): void;
}

async function serve(session: Session): Promise<void> {
  const mail = { from: '', to: [] as string[] };
  if (!(await answer(session, 'greeting', '220 faulty.test ready'))) return;
  const lines = linesOf(session.socket);
  for await (const line of lines) {
    const verb = line.split(/[ :]/, 1)[0]?.toUpperCase() ?? '';
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'EHLO') await answer(session, 'EHLO', ehloReply(session.options));
    else if (verb === 'HELO') await answer(session, 'EHLO', '250 faulty.test');
    else if (verb === 'AUTH') await answer(session, 'AUTH', authReply(line, session.options));
    else if (verb === 'MAIL') {
      if (await answer(session, 'MAIL', '250 2.1.0 sender ok')) Object.assign(mail, { from: address, to: [] });
    } else if (verb === 'RCPT') {
      if (await answer(session, 'RCPT', '250 2.1.5 recipient ok', address)) mail.to.push(address);
    } else if (verb === 'DATA') {
      const usual = mail.to.length > 0 ? '354 go ahead' : '554 5.5.1 no valid recipients';
      if (await answer(session, 'DATA', usual)) await takeContent(session, lines, mail);
    } else if (verb === 'QUIT') session.socket.end('221 2.0.0 bye\r\n');
    else session.socket.write('502 5.5.2 not known here\r\n');
  }
}

async function takeContent(
  session: Session,
  lines: AsyncIterator<string>,
  envelope: Omit<ReceivedMail, 'raw'>,
): Promise<void> {
  const content: string[] = [];
  for (let next = await lines.next(); !next.done && next.value !== '.'; next = await lines.next()) {
    session.onContent();
    if (content.length === 0 && !(await answer(session, 'content', ''))) return;
    content.push(next.value.replace(/^\./, ''));
  }
  if (session.socket.destroyed) return;
  const fault = session.faults.find(({ at }) => at === 'end');
  const mail = { ...envelope, to: [...envelope.to], raw: content.map((line) => `${line}\r\n`).join('') };
  (fault && !fault.accepts ? session.rejected : session.accepted).push(mail);
  await answer(session, 'end', `250 2.0.0 queued as ${session.accepted.length}`);
}

/** Sends the usual reply, or does the fault of this step; true = the client may continue. */
async function answer(session: Session, at: SmtpStep, usual: string, recipient?: string): Promise<boolean> {
  const { socket, faults, steps } = session;
  const fault = faults.find((each) => each.at === at && (each.recipient ?? recipient) === recipient);
  steps.emit(at);
  await fault?.until;
  const reply = fault ? (fault.reply ?? (fault.ending ? '' : usual)) : usual;
  if (fault?.ending === 'cut') {
    if (reply) socket.end(`${reply}\r\n`);
    else socket.destroy();
    return false;
  }
  if (reply) socket.write(`${reply}\r\n`);
  if (fault?.ending === 'hang') await new Promise(() => undefined);
  return !/^[45]/.test(reply);
}

function ehloReply({ pipelining = true, auth }: FaultySmtpOptions): string {
  const extensions = [...(pipelining ? ['PIPELINING'] : []), ...(auth ? ['AUTH PLAIN'] : []), 'SIZE 1000000'];
  return ['faulty.test', ...extensions]
    .map((text, index) => `250${index === extensions.length ? ' ' : '-'}${text}`)
    .join('\r\n');
}

function authReply(line: string, { auth }: FaultySmtpOptions): string {
  const expected = auth && Buffer.from(`\0${auth.user}\0${auth.pass}`).toString('base64');
  return line === `AUTH PLAIN ${expected}` ? '235 2.7.0 welcome' : '535 5.7.8 authentication failed';
}

async function* linesOf(socket: Socket): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      yield rest.slice(0, end);
      rest = rest.slice(end + 2);
    }
  }
}
