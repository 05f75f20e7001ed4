import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type SmtpSink, startSmtpSink } from '@proviso/testing/smtp-sink';

export interface LocalMail {
  smtpPort: number;
  mailPort: number;
  close: () => Promise<void>;
}

interface MailOptions {
  dataDir: string;
  /** Refused when it is in use. */
  smtpPort: number | undefined;
  /** Of the last start: taken again when they are free, so that identity and links stay the same. */
  lastPorts: { smtpPort?: number; mailPort?: number };
}

/** The mail server that delivers to nobody, and the page that shows what it took. */
export async function startMail({ dataDir, smtpPort, lastPorts }: MailOptions): Promise<LocalMail> {
  const file = join(dataDir, 'mail.jsonl');
  const listenSmtp = (port: number) => startSmtpSink({ port, file });
  const sink = await (smtpPort === undefined ? onPort(lastPorts.smtpPort, listenSmtp) : listenSmtp(smtpPort)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new Error(`PROVISO_SMTP_PORT ${smtpPort} is in use. Stop what uses it, or choose another.`);
    },
  );
  const page = await onPort(lastPorts.mailPort, (port) => listenHttp(sink, port));
  return {
    smtpPort: sink.port,
    mailPort: (page.address() as AddressInfo).port,
    close: async () => {
      page.closeAllConnections();
      await Promise.all([sink.close(), new Promise((resolve) => page.close(resolve))]);
    },
  };
}

async function onPort<T>(preferred: number | undefined, listen: (port: number) => Promise<T>): Promise<T> {
  if (preferred === undefined) return listen(0);
  return listen(preferred).catch(() => listen(0));
}

async function listenHttp(sink: SmtpSink, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/messages' && request.method === 'GET') {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      return response.end(`${JSON.stringify({ messages: sink.messages() }, null, 2)}\n`);
    }
    if (pathname === '/messages' && request.method === 'DELETE') {
      sink.clear();
      return response.writeHead(204).end();
    }
    return response.writeHead(404).end('GET or DELETE /messages\n');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
