import { z } from 'zod';
import { ok } from './fields.ts';
import { strictFields } from './optional.ts';

/** A shorter wait would mail about what people are just reading. */
const WAITING_MINUTES_MIN = 5;
const WAITING_MINUTES_MAX = 10_080;

const hour = z.int().min(0).max(23).nullable();
const minutes = z.int().min(WAITING_MINUTES_MIN).max(WAITING_MINUTES_MAX).nullable();

function isTimeZone(name: string): boolean {
  try {
    return /^[a-z]/i.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

const timeZone = z
  .string()
  .min(1)
  .max(64)
  .refine(isTimeZone, 'must be a name of the IANA time zone database, such as Europe/Berlin');

export const notificationSettings = z
  .object({
    email: z.string().describe('Where your mails go.'),
    mails: z.boolean().describe('Whether the workspace sends mails: an admin has chosen an identity for them.'),
    digest_hour: hour.describe('The hour of your day from which you get a digest of what waits; null: none.'),
    time_zone: timeZone.describe('The time zone of your day.'),
    push_public_key: z
      .string()
      .nullable()
      .describe('What a browser subscribes with (`applicationServerKey`); null: this instance sends no push messages.'),
    subscribed: z.boolean().describe('Whether this session’s browser gets push messages.'),
    waiting_minutes: minutes.describe('You get a mail about what has waited this many minutes; null: none.'),
  })
  .meta({ id: 'NotificationSettings', description: 'What a member of the workspace is told about outside the inbox.' });
export type NotificationSettings = z.output<typeof notificationSettings>;

export const updateNotificationSettingsBody = strictFields({
  digest_hour: hour
    .optional()
    .describe('The hour of your day, 0 to 23, from which you get a digest of what waits; null ends it.'),
  time_zone: timeZone.optional().describe('The time zone of your day, by its IANA name. UTC by default.'),
  waiting_minutes: minutes
    .optional()
    .describe(
      'You get a mail about what has waited this many minutes, at most one in that time, 5 to 10080; null ends it.',
    ),
})
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateNotificationSettings',
    description: 'What to change. A field replaces what was there.',
    examples: [{ digest_hour: 8, time_zone: 'Europe/Berlin', waiting_minutes: 60 }],
  });

export const notificationSettingsReply = z.object({
  status: ok,
  notifications: notificationSettings.describe('Your settings as they are now.'),
});

const base64url = (bytes: number) =>
  z.string().regex(new RegExp(`^[\\w-]{${Math.ceil((bytes * 4) / 3)}}=*$`), `must be ${bytes} bytes in base64url`);

const endpoint = z
  .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
  .max(1_000)
  .refine((url) => !/^http:/i.test(url) || /^http:\/\/127\.0\.0\.1[:/]/.test(url), 'must be an https:// URL')
  .describe('The address of the browser at its push service.');

export const pushSubscriptionBody = z
  .strictObject({
    endpoint,
    keys: z
      .strictObject({
        p256dh: base64url(65).describe('Its public key.'),
        auth: base64url(16).describe('The secret that it shares with the sender.'),
      })
      .describe('What messages for it are encrypted with.'),
  })
  .meta({
    id: 'PushSubscription',
    description: 'A browser’s push subscription, as its `toJSON()` gives it, without `expirationTime`.',
    examples: [
      {
        endpoint: 'https://push.example.com/send/c1KrmpTuRm',
        keys: {
          p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
          auth: 'BTBZMqHH6r4Tts7J_aSIgg',
        },
      },
    ],
  });

export const pushUnsubscriptionBody = z.strictObject({ endpoint }).meta({
  id: 'PushUnsubscription',
  description: 'Which browser gets no more messages.',
  examples: [{ endpoint: 'https://push.example.com/send/c1KrmpTuRm' }],
});
