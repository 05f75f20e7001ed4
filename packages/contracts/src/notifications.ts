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
