import { done, retry, type Outcome } from '@proviso/core/executor';
import { asked } from '../http/outcome.ts';
import type { ResendAccount } from './client.ts';
import type { ResendContactParams } from './contact-params.ts';
import { answered, resendOutcome } from './outcome.ts';

export type KnownContact = { kind: 'known'; id: string | null };

/** The contact that has this address already; null = nobody has. A look changes nothing, and so does its failure. */
export async function lookForContact(
  { client, ...account }: ResendAccount,
  email: string,
): Promise<KnownContact | Outcome> {
  const { data, error } = await client.contacts.get({ email: encodeURIComponent(email) }); // the client puts it into the path
  if (data) return { kind: 'known', id: data.id };
  if (error.name === 'not_found') return { kind: 'known', id: null };
  return asked(resendOutcome(error, { client, ...account }));
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
  // Somebody else added it since the look: the next attempt finds it.
  const outcome = resendOutcome(error, account);
  return error.statusCode === 409 && outcome.kind === 'refused' ? retry(outcome.message, { undone: true }) : outcome;
}

/** Changes what is given, and leaves the rest; each step may be repeated. */
export async function changeContact(account: ResendAccount, id: string, params: ResendContactParams): Promise<Outcome> {
  const { client } = account;
  const { error } = await client.contacts.update({ id: encodeURIComponent(id), ...fieldsOf(params) });
  if (error) return resendOutcome(error, account);
  for (const segmentId of params.segment_ids ?? []) {
    const added = await answered(account, async () => {
      const { error: failed } = await client.contacts.segments.add({ contactId: encodeURIComponent(id), segmentId });
      return failed ? resendOutcome(failed, account) : done({});
    });
    if (added.kind !== 'done') return halfDone(segmentId, added);
  }
  return done({ resend_contact_id: id, created: false });
}

/** A refusal of one step does not undo the steps before it. */
function halfDone(segmentId: string, outcome: Exclude<Outcome, { kind: 'done' }>): Outcome {
  const afterMs = outcome.kind === 'retry' ? outcome.afterMs : undefined;
  const message = `The contact was changed, but not put into segment ${segmentId}: ${outcome.message}`;
  return retry(message, { undone: false, ...(afterMs !== undefined && { afterMs }) });
}
