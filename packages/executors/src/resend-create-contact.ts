import { sameAddress, type Preview } from '@proviso/contracts';
import {
  defineExecutor,
  invalid,
  refused,
  retry,
  type Executor,
  type LookupContext,
  type IdentityView,
  type GuardResult,
} from '@proviso/core/executor';
import { refuseUnsubscribed, unsubscribedAmong } from './email/unsubscribed.ts';
import { assertRecordsExist } from './assert-records-exist.ts';
import { changeFields } from './properties.ts';
import { openResend } from './resend/client.ts';
import { resendContactParams, type ResendContactParams } from './resend/contact-params.ts';
import { outcomeOf } from './resend/outcome.ts';
import { segmentFinder } from './resend/segments.ts';
import { addContact, changeContact, lookForContact } from './resend/upsert-contact.ts';
import { previewField } from './preview-field.ts';
import type { ExecutorSettings } from './settings.ts';

const AWAY = retry('Resend did not answer.', { undone: true, unavailable: true });

export function resendCreateContact(settings: ExecutorSettings = {}): Executor {
  const segmentNames = segmentFinder(settings);
  return defineExecutor<ResendContactParams>({
    type: 'resend_create_contact',
    version: 1,
    delivery: 'idempotent',
    // The key is the address, which does not expire; but a day later, a repetition may undo what others changed since.
    keyLifetimeMs: 24 * 3_600_000,
    identity: 'resend',
    params: resendContactParams,
    resolvesFrom: ['contact_id', 'segment_ids'],
    resolvedFields: ['segment_names'],
    resolve: async (given, ctx) => {
      const resolved = await resolveEmail(given, ctx);
      const segments = (given.segment_ids ?? []).map((id, index) => ({ path: `params.segment_ids.${index}`, id }));
      if (segments.length === 0 || given.segment_names) return resolved;
      const names = await segmentNames(segments, ctx);
      return { ...resolved, ...(names && { segment_names: names }) };
    },
    preview: previewContact,
    summary: ({ email, unsubscribed, segment_names: segments = [] }) =>
      `${unsubscribed ? 'Unsubscribe' : 'Add or change'} the Resend contact ${email ?? '?'}${segments.length > 0 ? ` in ${segments.join(', ')}` : ''}`,
    guard: guardContact,

    async execute({ action: { params }, credentials, signal, begin }) {
      if (signal.aborted) return retry('Stopped before sending.', { undone: true });
      const account = openResend(credentials, signal, settings);
      const { email } = params;
      if (!account || email === undefined)
        return refused('The Resend identity has no valid key, or the contact no address.');
      const known = await lookForContact(account, email).catch(() => AWAY);
      if (known.kind !== 'known') return known;
      const { id } = known;
      await begin();
      return outcomeOf(account, () =>
        id === null ? addContact(account, email, params) : changeContact(account, id, params),
      );
    },
  });
}

function previewContact(
  { email, ...contact }: ResendContactParams,
  { identity }: { identity: IdentityView | null },
): Preview {
  return {
    title: `Resend contact ${email ?? '?'}`,
    fields: [
      { label: 'In', value: identity?.name ?? '?' },
      { label: 'Email', value: email ?? '?' },
      ...previewField('First name', contact.first_name ?? ''),
      ...previewField('Last name', contact.last_name ?? ''),
      ...(contact.unsubscribed === undefined ? [] : [{ label: 'Unsubscribed', value: contact.unsubscribed }]),
      ...changeFields(contact.properties ?? {}, undefined),
      ...previewField('Segments', contact.segment_names?.join(', ')),
      ...previewField('Segment ids', contact.segment_ids?.join(', ')),
    ],
    warnings: ['If a contact already has this address, the fields named here are changed.'],
  };
}

async function resolveEmail(given: ResendContactParams, ctx: LookupContext): Promise<Partial<ResendContactParams>> {
  await assertRecordsExist(given, ctx.records);
  const contact = given.contact_id === undefined ? null : await ctx.records.contact(given.contact_id);
  const email = given.email ?? contact?.email ?? '';
  if (contact && !sameAddress(email, contact.email)) throw invalid('params.email', "is not this contact's address");
  if (!given.unsubscribed) await refuseUnsubscribed([{ path: 'params.email', address: email }], contact, ctx.records);
  return given.email === undefined ? { email } : {};
}

async function guardContact(
  { email = '', ...params }: ResendContactParams,
  { records }: LookupContext,
): Promise<GuardResult> {
  const contact = params.contact_id === undefined ? null : await records.contact(params.contact_id);
  if (params.contact_id !== undefined && !contact) return { kind: 'refused', message: 'The contact no longer exists.' };
  const hits = await unsubscribedAmong([{ path: 'params.email', address: email }], contact, records);
  if (hits.length > 0 && !params.unsubscribed)
    return { kind: 'refused', message: `Unsubscribed from e-mail: ${email}.` };
  if (contact && !sameAddress(contact.email, email)) {
    return { kind: 'stale', changes: [`the contact's address is now ${contact.email}`] };
  }
  return { kind: 'ok' };
}
