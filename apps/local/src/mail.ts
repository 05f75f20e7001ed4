import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type SmtpSink, startSmtpSink } from '@proviso/local-server/smtp-sink';
import { answerMail } from './mail-pages.ts';

export interface LocalMail {
  smtpPort: number;
  mailPort: number;
  close: () => Promise<void>;
}

interface MailOptions {
  dataDir: string;
  /** Part of the address of its pages, so that nobody else reads the mail. */
  mailKey: string;
  /** Refused if it is in use. */
  smtpPort: number | undefined;
  /** The ports of the last start. They are taken again if they are free, so that identity and links stay the same. */
  lastPorts: { smtpPort?: number; mailPort?: number };
}

/** Starts a mail server that delivers nothing, and the pages that show its mail. */
export async function startMail({ dataDir, mailKey, smtpPort, lastPorts }: MailOptions): Promise<LocalMail> {
  const file = join(dataDir, 'mail.jsonl');
  const listenSmtp = (port: number) => startSmtpSink({ port, file });
  const sink = await (smtpPort === undefined ? onPort(lastPorts.smtpPort, listenSmtp) : listenSmtp(smtpPort)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new Error(`PROVISO_SMTP_PORT ${smtpPort} is in use. Stop what uses it, or choose another.`);
    },
  );
  const pages = await onPort(lastPorts.mailPort, (port) => listenHttp(sink, mailKey, port));
  return {
    smtpPort: sink.port,
    mailPort: (pages.address() as AddressInfo).port,
    close: async () => {
      pages.closeAllConnections();
      await Promise.all([sink.close(), new Promise((resolve) => pages.close(resolve))]);
    },
  };
}

async function onPort<T>(preferred: number | undefined, listen: (port: number) => Promise<T>): Promise<T> {
  if (preferred === undefined) return listen(0);
  return listen(preferred).catch(() => listen(0));
}

async function listenHttp(sink: SmtpSink, key: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const { port: own } = server.address() as AddressInfo;
    answerMail({ sink, key, port: own }, request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
