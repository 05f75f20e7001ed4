import { z } from 'zod';

export const PROVIDERS = ['smtp', 'slack', 'linkedin', 'resend', 'hubspot', 'mcp', 'internal'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Config of an `smtp` identity. `from` is an address, with or without a display name. */
export const smtpConfig = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65535),
    /** TLS from the first byte (465); otherwise STARTTLS when the server offers it. */
    secure: z.boolean().default(false),
    /** Refuse to send without TLS. Default: refuse whenever there are credentials. */
    require_tls: z.boolean().optional(),
    from: z.string().min(3).max(320),
    reply_to: z.string().min(3).max(320).optional(),
  })
  .meta({ id: 'SmtpConfig' });
export type SmtpConfig = z.output<typeof smtpConfig>;

export const smtpCredentials = z.strictObject({ user: z.string().min(1).max(320), pass: z.string().min(1).max(1024) });
export type SmtpCredentials = z.output<typeof smtpCredentials>;
