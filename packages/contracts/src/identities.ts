import { z } from 'zod';
import { strictFields } from './optional.ts';

export const PROVIDERS = ['smtp', 'slack', 'linkedin', 'resend', 'hubspot', 'mcp', 'internal'] as const;
export type Provider = (typeof PROVIDERS)[number];
export const provider = z.enum(PROVIDERS).meta({
  id: 'Provider',
  description:
    'What kind of account an identity is. `internal` is for types that act only on the workspace’s own records.',
});

/** Config of an `smtp` identity. `from` is an address, with or without a display name. */
export const smtpConfig = strictFields({
  host: z.string().min(1).max(253).describe('The mail server.'),
  port: z.int().min(1).max(65535).describe('Its port: 465 with `secure`, else usually 587.'),
  secure: z
    .boolean()
    .default(false)
    .describe('TLS from the first byte; otherwise STARTTLS where the server offers it.'),
  require_tls: z.boolean().optional().describe('True requires TLS, which is the default with credentials.'),
  from: z.string().min(3).max(320).describe('The sender: an address, with or without a name.'),
  reply_to: z.string().min(3).max(320).optional().describe('The Reply-To: an address, with or without a name.'),
}).describe('Settings of an `smtp` identity.');
export type SmtpConfig = z.output<typeof smtpConfig>;

export const smtpCredentials = z.strictObject({
  user: z.string().min(1).max(320).describe('The name to log in with.'),
  pass: z.string().min(1).max(1024).describe('The password.'),
});

/** Secrets that go into a header: printable ASCII. */
const token = (startsWith: string) =>
  z
    .string()
    .max(1024)
    .regex(
      new RegExp(`^${startsWith}[!-~]+$`),
      startsWith ? `must be a token that starts with ${startsWith}` : 'must be a token',
    );

/** Config of a `slack` identity: none, because the token identifies everything. */
export const slackConfig = z.strictObject({}).describe('Settings of a `slack` identity: none, the token is enough.');

/**
 * A bot's token (`xoxb-…`) or a person's, with scopes chat:write, channels:read and channels:history; groups:… for
 * private channels.
 */
export const slackCredentials = z.strictObject({
  token: token('xox').describe(
    'A bot’s token (`xoxb-…`) or a person’s, with the scopes chat:write, channels:read and channels:history; for private channels groups:read and groups:history.',
  ),
});

/** Config of a `resend` identity. `from` and `reply_to` are addresses, with or without a display name. */
export const resendConfig = strictFields({
  from: z.string().min(3).max(320).describe('The sender: an address, with or without a name.'),
  from_allowed: z
    .array(z.string().min(3).max(254).includes('@'))
    .max(100)
    .optional()
    .describe('Other senders that a proposal may use: addresses, or whole domains such as `@example.com`.'),
  reply_to: z.string().min(3).max(320).optional().describe('The Reply-To: an address, with or without a name.'),
}).describe('Settings of a `resend` identity.');
export type ResendConfig = z.output<typeof resendConfig>;

/** An API key (`re_…`); one that may only send is enough for resend_send_email. */
export const resendCredentials = z.strictObject({
  api_key: token('re_').describe('An API key (`re_…`). A send-only key is enough for resend_send_email.'),
});

const premium = z
  .boolean()
  .default(false)
  .describe('Whether the account’s invitations may carry 300 characters; a free account’s carry 200.');

/** Config of a `linkedin` identity: a person sends each invitation, unless Unipile is configured to. */
export const linkedinConfig = z
  .discriminatedUnion('mode', [
    z.strictObject({
      mode: z.literal('assisted').optional().describe('A person sends it by hand, from a task.'),
      premium,
    }),
    z.strictObject({
      mode: z.literal('unipile').describe('Unipile sends it.'),
      premium,
      dsn: z
        .string()
        .regex(/^api\d{1,4}\.unipile\.com(:\d{2,5})?$/, 'must be a DSN such as api1.unipile.com:13111')
        .describe('The address of Unipile, as its dashboard shows it.'),
      account_id: z
        .string()
        .regex(/^[\w-]{1,100}$/, 'must be the id of an account at Unipile')
        .describe('The account at Unipile.'),
    }),
  ])
  .describe('Settings of a `linkedin` identity. Each invitation becomes a task for a person, unless Unipile sends it.');
export type LinkedinConfig = z.output<typeof linkedinConfig>;

/** Unipile's access token. */
export const linkedinCredentials = z.strictObject({
  token: z
    .string()
    .regex(/^[!-~]{1,1024}$/, 'must be printable, without spaces')
    .describe('Unipile’s access token.'),
});

/** The internal name of a HubSpot property. */
export const hubspotName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a HubSpot property’s internal name');
/**
 * Our property → HubSpot's; nothing else is pushed. Without it, each is pushed under its own name, if that is valid
 * there.
 */
const hubspotNames = z.record(z.string().max(255), hubspotName);

/** Config of a `hubspot` identity. */
export const hubspotConfig = strictFields({
  contact_properties: hubspotNames
    .optional()
    .describe(
      'Our property → HubSpot’s internal name. If set, only these properties of a contact are pushed; else each is pushed under its own name, if HubSpot allows that name.',
    ),
  company_properties: hubspotNames.optional().describe('The same for companies.'),
  company_key: hubspotName.optional().describe('HubSpot’s unique property for the domain; `domain` by default.'),
}).describe('Settings of a `hubspot` identity.');
export type HubspotConfig = z.output<typeof hubspotConfig>;

/** A private app's token (`pat-…`) or an OAuth access token; scopes crm.objects.contacts.write and crm.objects.companies.write. */
export const hubspotCredentials = z.strictObject({
  access_token: token('').describe(
    'A private app’s token (`pat-…`) or an OAuth access token, with the scopes crm.objects.contacts.write and crm.objects.companies.write.',
  ),
});

/** Headers that the protocol or the connection sets. */
const OWNED = /^(host|connection|content-.*|transfer-encoding|accept.*|cookie|mcp-.*|user-agent)$/i;

/** Config of an `mcp` identity: an address, or the name of a server in the operator's file. */
export const mcpConfig = strictFields({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
    .max(2_000)
    .optional()
    .describe('The server’s address. Give either this or `server`.'),
  server: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .describe('The name of a server in the operator’s file. Give either this or `url`.'),
  idempotent_tools: z
    .array(z.string().min(1).max(128))
    .max(200)
    .optional()
    .describe('Tools that may be called again when a response is lost. The server’s own claims do not count.'),
})
  .refine(({ url, server }) => (url === undefined) !== (server === undefined), 'must have either a url or a server')
  .describe('Settings of an `mcp` identity: an address, or the name of a server in the operator’s file.');
export type McpConfig = z.output<typeof mcpConfig>;

const headerValue = z.string().regex(/^[!-~](?:[ -~]{0,4094}[!-~])?$/, 'must be printable ASCII');
export const mcpCredentials = strictFields({
  token: headerValue.optional().describe('Sent as `Authorization: Bearer …`.'),
  headers: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/)
        .refine((name) => !OWNED.test(name), 'cannot be set by an identity'),
      headerValue,
    )
    .optional()
    .describe('Additional headers for the server.'),
});
export type McpCredentials = z.output<typeof mcpCredentials>;
