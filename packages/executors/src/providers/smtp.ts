import { smtpConfig, smtpCredentials, type SmtpConfig } from '@proviso/contracts';
import { defineProvider, type ProviderKind } from '@proviso/core/executor';
import { EgressError } from '../egress/error.ts';
import { mailbox, refuseSenders } from '../email/addresses.ts';
import { composeMail } from '../email/message.ts';
import { sendMail } from '../email/send.ts';
import { inSession, serverOf, verifySender, serverWords, type SmtpError, type SmtpServer } from '../email/session.ts';
import type { ExecutorSettings } from '../settings.ts';

export const smtp = (settings: ExecutorSettings = {}): ProviderKind =>
  defineProvider({
    provider: 'smtp',
    config: smtpConfig.superRefine(refuseSenders),
    credentials: smtpCredentials,
    verify: async ({ config, credentials, signal }) => {
      const sender = senderOf(config);
      if (!sender) return { ok: false, message: 'The config’s from and reply_to must each be one address.' };
      const server = { ...serverOf(config, credentials), socketTimeoutMs: 10_000 };
      try {
        await inSession(server, { signal, settings }, (connection) => verifySender(connection, sender));
        return { ok: true, account: config.from };
      } catch (error) {
        return { ok: false, message: explain(error as SmtpError, server) };
      }
    },
    sendMail: async ({ config, credentials, signal }, { id, to, subject, text, headers }) => {
      const wire = await composeMail({ email: to, subject, message: text }, config, id, headers);
      if (!wire) return { ok: false, unsent: true, message: 'The sender or the recipient is not one valid address.' };
      const run = { signal, settings, begin: async () => {} };
      const sent = await sendMail(wire, serverOf(config, credentials), run);
      if (sent.kind === 'accepted') return { ok: true };
      return { ok: false, unsent: sent.kind !== 'unknown', message: 'message' in sent ? sent.message : '' };
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
