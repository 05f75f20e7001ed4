import { z } from 'zod';
import { strictFields } from './optional.ts';

export const PROVIDERS = ['smtp', 'slack', 'linkedin', 'resend', 'hubspot', 'mcp', 'internal'] as const;
export type Provider = (typeof PROVIDERS)[number];
export const provider = z.enum(PROVIDERS).meta({
  id: 'Provider',
  description: 'What kind of account an identity is. `internal` is for types that act on nothing but our own records.',
});

/** Config of an `smtp` identity. `from` is an address, with or without a display name. */
export const smtpConfig = strictFields({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65535),
  /** TLS from the first byte (465); otherwise STARTTLS when the server offers it. */
  secure: z.boolean().default(false),
  /** Refuse to send without TLS. Default: refuse whenever there are credentials. */
  require_tls: z.boolean().optional(),
  from: z.string().min(3).max(320),
  reply_to: z.string().min(3).max(320).optional(),
}).meta({ id: 'SmtpConfig', description: 'Settings of an `smtp` identity.' });
export type SmtpConfig = z.output<typeof smtpConfig>;

export const smtpCredentials = z.strictObject({ user: z.string().min(1).max(320), pass: z.string().min(1).max(1024) });
export type SmtpCredentials = z.output<typeof smtpCredentials>;

/** Secrets that go into a header: printable ASCII. */
const token = (startsWith: string) =>
  z
    .string()
    .max(1024)
    .regex(
      new RegExp(`^${startsWith}[!-~]+$`),
      startsWith ? `must be a token that starts with ${startsWith}` : 'must be a token',
    );

/** Config of a `slack` identity: the token says everything. */
export const slackConfig = z
  .strictObject({})
  .meta({ id: 'SlackConfig', description: 'Settings of a `slack` identity: none, the token says everything.' });

/** A bot's token (`xoxb-…`), or a person's; scopes chat:write, channels:read and channels:history, groups:… for private channels. */
export const slackCredentials = z.strictObject({ token: token('xox') });
export type SlackCredentials = z.output<typeof slackCredentials>;

/** Config of a `resend` identity. `from` and `reply_to` are addresses, with or without a display name. */
export const resendConfig = strictFields({
  from: z.string().min(3).max(320),
  /** Who else a proposal may name as its sender: addresses, or whole domains as `@example.com`. */
  from_allowed: z.array(z.string().min(3).max(254).includes('@')).max(100).optional(),
  reply_to: z.string().min(3).max(320).optional(),
}).meta({ id: 'ResendConfig', description: 'Settings of a `resend` identity.' });
export type ResendConfig = z.output<typeof resendConfig>;

/** An API key (`re_…`); one that may only send is enough for resend_send_email. */
export const resendCredentials = z.strictObject({ api_key: token('re_') });
export type ResendCredentials = z.output<typeof resendCredentials>;

/** Whether the account's invitations may carry 300 characters; a free account's carry 200. */
const premium = z.boolean().default(false);

/** Config of a `linkedin` identity: each invitation is handed to a person, unless Unipile is to send it. */
export const linkedinConfig = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('assisted').optional(), premium }),
    z.strictObject({
      mode: z.literal('unipile'),
      premium,
      /** As Unipile's dashboard shows it. */
      dsn: z.string().regex(/^api\d{1,4}\.unipile\.com(:\d{2,5})?$/, 'must be a DSN such as api1.unipile.com:13111'),
      account_id: z.string().regex(/^[\w-]{1,100}$/, 'must be the id of an account at Unipile'),
    }),
  ])
  .meta({
    id: 'LinkedinConfig',
    description:
      'Settings of a `linkedin` identity. Each invitation is handed to a person, unless Unipile is to send it.',
  });
export type LinkedinConfig = z.output<typeof linkedinConfig>;

/** Unipile's access token. */
export const linkedinCredentials = z.strictObject({
  token: z.string().regex(/^[!-~]{1,1024}$/, 'must be printable, without spaces'),
});
export type LinkedinCredentials = z.output<typeof linkedinCredentials>;

/** An internal name of HubSpot's. */
export const hubspotName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a HubSpot property’s internal name');
/** Our property → HubSpot's; nothing else is pushed. Without it each goes under its own name, where that can be one. */
const hubspotNames = z.record(z.string().max(255), hubspotName);

/** Config of a `hubspot` identity. */
export const hubspotConfig = strictFields({
  contact_properties: hubspotNames.optional(),
  company_properties: hubspotNames.optional(),
  /** The unique property by which companies are told apart, which is given their domain; `domain` when absent. */
  company_key: hubspotName.optional(),
}).meta({ id: 'HubspotConfig', description: 'Settings of a `hubspot` identity.' });
export type HubspotConfig = z.output<typeof hubspotConfig>;

/** A private app's token (`pat-…`) or an OAuth access token; scopes crm.objects.contacts.write and crm.objects.companies.write. */
export const hubspotCredentials = z.strictObject({ access_token: token('') });
export type HubspotCredentials = z.output<typeof hubspotCredentials>;

/** Headers that the protocol or the connection owns. */
const OWNED = /^(host|connection|content-.*|transfer-encoding|accept.*|cookie|mcp-.*|user-agent)$/i;

/** Config of an `mcp` identity: an address, or the name of a server in the operator's file. */
export const mcpConfig = strictFields({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
    .max(2_000)
    .optional(),
  server: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional(),
  /** Tools that may be called again when an answer is lost; what a server says of itself does not count. */
  idempotent_tools: z.array(z.string().min(1).max(128)).max(200).optional(),
})
  .refine(({ url, server }) => (url === undefined) !== (server === undefined), 'takes a url or a server')
  .meta({
    id: 'McpConfig',
    description: 'Settings of an `mcp` identity: an address, or the name of a server in the operator’s file.',
  });
export type McpConfig = z.output<typeof mcpConfig>;

const headerValue = z.string().regex(/^[!-~](?:[ -~]{0,4094}[!-~])?$/, 'must be printable ASCII');
export const mcpCredentials = strictFields({
  /** Sent as `Authorization: Bearer …`. */
  token: headerValue.optional(),
  headers: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/)
        .refine((name) => !OWNED.test(name), 'is not for an identity to set'),
      headerValue,
    )
    .optional(),
});
export type McpCredentials = z.output<typeof mcpCredentials>;
