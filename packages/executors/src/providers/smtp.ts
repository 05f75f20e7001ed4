import { smtpConfig, smtpCredentials } from '@proviso/contracts';
import { defineProvider } from '@proviso/core/executor';
import { createTransport } from 'nodemailer';

export const smtp = defineProvider({
  provider: 'smtp',
  config: smtpConfig,
  credentials: smtpCredentials,
  verify: async ({ config, credentials, signal }) => {
    const { host, port, secure, require_tls, from } = config;
    const transport = createTransport({
      host,
      port,
      secure,
      requireTLS: require_tls ?? credentials !== null,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 15_000,
      ...(credentials && { auth: credentials }),
    });
    const stop = (): void => transport.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await transport.verify();
      return { ok: true, account: from };
    } catch (error) {
      // The server's own words may repeat what was sent to it.
      const { code = 'no connection' } = error as { code?: string };
      return { ok: false, message: `${host}:${port} did not accept the login (${code}).` };
    } finally {
      signal.removeEventListener('abort', stop);
      transport.close();
    }
  },
});
