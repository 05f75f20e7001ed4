import { done, retry, type Outcome } from '@proviso/core/executor';
import { afterLookUp } from '../http/outcome.ts';
import type { ResendAccount } from './client.ts';
import type { ResendContactParams } from './contact-params.ts';
import { outcomeOf, resendOutcome } from './outcome.ts';

export type KnownContact = { kind: 'known'; id: string | null };

/** The contact with this address; null = none. A look-up changes nothing, even if it fails. */
export async function lookForContact(
  { client, ...account }: ResendAccount,
  email: string,
): Promise<KnownContact | Outcome> {
  // the client puts it into the path unencoded
  const { data, error } = await client.contacts.get({ email: encodeURIComponent(email) });
  if (data) return { kind: 'known', id: data.id };
  if (error.name === 'not_found') return { kind: 'known', id: null };
  return afterLookUp(resendOutcome(error, { client, ...account }));
}

const fieldsOf = ({ first_name, last_name, unsubscribed, properties }: ResendContactParams) => ({
  ...(first_name !== undefined && { firstName: first_name }),
  ...(last_name !== undefined && { lastName: last_name }),
  ...(unsubscribed !== undefined && { unsubscribed }),
  ...(properties && { properties }),
});

export async function addContact(account: ResendAccount, email: string, params: ResendContactParams): Promise<Outcome> {
  const segments = params.segment_ids?.map((id) => ({ id }));
  const { data, error } = await account.client.contacts.create({
    email,
    ...fieldsOf(params),
    ...(segments && { segments }),
  });
  if (data) return done({ resend_contact_id: data.id, created: true });
  // Somebody else added it since the look-up: the next attempt finds it.
  const outcome = resendOutcome(error, account);
  return error.statusCode === 409 && outcome.kind === 'refused' ? retry(outcome.message, { undone: true }) : outcome;
}

/** Changes what is given, and leaves the rest; each step is safe to repeat. */
export async function changeContact(account: ResendAccount, id: string, params: ResendContactParams): Promise<Outcome> {
  const { client } = account;
  const { error } = await client.contacts.update({ id: encodeURIComponent(id), ...fieldsOf(params) });
  if (error) return resendOutcome(error, account);
  for (const segmentId of params.segment_ids ?? []) {
    const added = await outcomeOf(account, async () => {
      const { error: failed } = await client.contacts.segments.add({ contactId: encodeURIComponent(id), segmentId });
      return failed ? resendOutcome(failed, account) : done({});
    });
    if (added.kind !== 'done') return partlyDone(segmentId, added);
  }
  return done({ resend_contact_id: id, created: false });
}

/** A refusal of one step does not undo the earlier ones. */
function partlyDone(segmentId: string, outcome: Exclude<Outcome, { kind: 'done' }>): Outcome {
  const afterMs = outcome.kind === 'retry' ? outcome.afterMs : undefined;
  const message = `The contact was changed, but not put into segment ${segmentId}: ${outcome.message}`;
  return retry(message, { undone: false, ...(afterMs !== undefined && { afterMs }) });
}
