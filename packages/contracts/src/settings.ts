import { z } from 'zod';
import { holdSeconds, ok } from './fields.ts';
import { idOrUuid } from './ids.ts';
import { plainText } from './json.ts';

/** How long a decision made in a session can be recalled, by default. */
const HOLD_SECONDS = 10;
const TYPES_MAX = 200;
const PRESETS_MAX = 20;

/** An Idempotency-Key repeats an action as it was for up to two days. */
const RETENTION_DAYS_MIN = 3;
const RETENTION_DAYS_MAX = 36_500;
const days = z.int().min(RETENTION_DAYS_MIN).max(RETENTION_DAYS_MAX).nullable();

export const retention = z
  .strictObject({
    params_days: days.describe(
      'Days after an action ended until its content is redacted: params, preview, result, edits, comments and messages. Null: never.',
    ),
    actions_days: days.describe('Days after an action ended until it is deleted with its events. Null: never.'),
  })
  .refine(
    ({ params_days, actions_days }) => params_days === null || actions_days === null || params_days <= actions_days,
    {
      path: ['params_days'],
      message: 'must not exceed actions_days',
    },
  )
  .meta({ id: 'Retention', description: 'How long ended actions are kept.' });

const fields = {
  hold_seconds: holdSeconds.describe(
    'How many seconds after an approval by a session nothing starts, so that it can be recalled.',
  ),
  hold_seconds_by_type: z
    .record(plainText(64).min(1), holdSeconds.describe('The seconds for this type.'))
    .refine((types) => Object.keys(types).length <= TYPES_MAX, `must not have more than ${TYPES_MAX} types`)
    .describe('The same for single types, by their name.'),
  risk_by_type: z
    .record(
      plainText(64).min(1),
      z.enum(['high', 'normal']).describe('`high`: people must read it to the end before they approve it.'),
    )
    .refine((types) => Object.keys(types).length <= TYPES_MAX, `must not have more than ${TYPES_MAX} types`)
    .describe('The risk of single types, by their name, in place of what the inbox finds in each proposal.'),
  reject_presets: z
    .array(plainText(200).min(1))
    .max(PRESETS_MAX)
    .describe('Reasons that people choose from when they reject.'),
  notification_mail: z
    .strictObject({
      identity_id: idOrUuid('identity').describe('The `smtp` identity that the mails are sent through.'),
      inbox_url: z
        .url({ protocol: /^https?$/, error: 'must be an https:// or http:// URL' })
        .max(500)
        .refine((url) => !/[?#@]/.test(url), 'must have no query, fragment or user')
        .describe('The address of the inbox, with which the links in the mails begin.'),
    })
    .nullable()
    .describe('How members get mails about what waits; null: they get none.'),
  retention: retention.describe('How long ended actions are kept; by default for ever.'),
};

/** As stored: an absent field has its default. */
export const storedSettings = z.object({
  hold_seconds: fields.hold_seconds.default(HOLD_SECONDS),
  hold_seconds_by_type: fields.hold_seconds_by_type.default({}),
  risk_by_type: fields.risk_by_type.default({}),
  reject_presets: fields.reject_presets.default([]),
  notification_mail: fields.notification_mail.default(null),
  retention: fields.retention.default({ params_days: null, actions_days: null }),
});

export const settings = z.object(fields).meta({
  id: 'WorkspaceSettings',
  description: 'How the people of a workspace decide, and how long it keeps actions.',
});
export type WorkspaceSettings = z.output<typeof settings>;

export const updateSettingsBody = z
  .strictObject({
    hold_seconds: fields.hold_seconds.optional(),
    hold_seconds_by_type: fields.hold_seconds_by_type.optional(),
    risk_by_type: fields.risk_by_type.optional(),
    reject_presets: fields.reject_presets.optional(),
    notification_mail: fields.notification_mail.optional(),
    retention: fields.retention.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({
    id: 'UpdateWorkspaceSettings',
    description: 'What to change. A field replaces what was there.',
    examples: [
      {
        hold_seconds: 20,
        hold_seconds_by_type: { create_note: 0 },
        risk_by_type: { 'shop.refund': 'high' },
        reject_presets: ['Not to this customer.'],
        retention: { params_days: 90, actions_days: 730 },
      },
    ],
  });
export const settingsReply = z.object({ status: ok, settings: settings.describe('The settings as they are now.') });
