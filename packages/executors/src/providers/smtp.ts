import { smtpConfig, smtpCredentials, type SmtpConfig } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { EgressError } from '../egress/error.ts';
import { mailbox, refuseSenders } from '../email/addresses.ts';
import { inSession, verifySender, serverWords, type SmtpError, type SmtpServer } from '../email/session.ts';
import type { ExecutorSettings } from '../settings.ts';

export const smtp = (settings: ExecutorSettings = {}): ProviderKind =>
  defineProvider({
    provider: 'smtp',
    config: smtpConfig.superRefine(refuseSenders),
    credentials: smtpCredentials,
    verify: async ({ config, credentials, signal }) => {
      const { host, port, secure, from } = config;
      const sender = senderOf(config);
      if (!sender) return { ok: false, message: 'The config’s from and reply_to must each be one address.' };
      const requireTls = config.require_tls ?? credentials !== null;
      const server: SmtpServer = { host, port, secure, requireTls, credentials, socketTimeoutMs: 10_000 };
      try {
        await inSession(server, { signal, settings }, (connection) => verifySender(connection, sender));
        return { ok: true, account: from };
      } catch (error) {
        return { ok: false, message: explain(error as SmtpError, server) };
      }
    },
  });

function senderOf({ from, reply_to: replyTo }: SmtpConfig): string | undefined {
  return replyTo === undefined || mailbox(replyTo) ? mailbox(from)?.address : undefined;
}

function explain(error: SmtpError, server: SmtpServer): string {
  if (error instanceof EgressError) return error.message;
  const { code = 'no answer' } = error;
  return `${server.host}:${server.port} did not accept this identity (${code}): ${serverWords(server, error)}.`;
}
