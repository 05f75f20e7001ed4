import { done, refused, retry, type Outcome, type Reconciliation } from '@proviso/core/executor';
import type { JsonObject } from '@proviso/contracts';
import { afterLookUp } from '../http/outcome.ts';
import { slugOf, type LinkedinParams } from './params.ts';
import { textOf, type Unipile } from './unipile.ts';

interface Run {
  signal: AbortSignal;
  begin(): Promise<void>;
}

/** Sends the invitation. A failure while the profile is looked up has done nothing. */
export async function inviteByUnipile(unipile: Unipile, invitation: LinkedinParams, run: Run): Promise<Outcome> {
  const slug = slugOf(invitation.linkedin_url) ?? '';
  const person = await unipile.ask(`users/${encodeURIComponent(slug)}`, { query: { account_id: unipile.account } });
  if (!person.ok) return afterLookUp(person.outcome);
  const provider_id = textOf(person.body.provider_id);
  if (provider_id === '') return refused('Unipile does not know this profile.');
  if (run.signal.aborted) return retry('Stopped before sending.', { undone: true });
  await run.begin();
  const { message } = invitation;
  const body = { provider_id, account_id: unipile.account, ...(message !== undefined && { message }) };
  const answer = await unipile.ask('users/invite', { body });
  if (answer.ok) return done(resultOf(provider_id, answer.body.invitation_id));
  const { outcome } = answer;
  if (outcome.kind !== 'retry' || outcome.undone || run.signal.aborted) return outcome;
  const found = await findInvitation(unipile, invitation); // the answer was lost, but perhaps the invitation was sent
  return found.kind === 'done' ? found : outcome;
}

/**
 * The pending invitation to that profile with that note, if LinkedIn lists one. An accepted invitation is no longer
 * listed, so its absence proves nothing.
 */
export async function findInvitation(unipile: Unipile, invitation: LinkedinParams): Promise<Reconciliation> {
  const query = { account_id: unipile.account, limit: '100' };
  const listed = await unipile.ask('users/invite/sent', { query });
  const items = listed.ok && Array.isArray(listed.body.items) ? (listed.body.items as JsonObject[]) : [];
  const found = items.find(
    ({ invited_user_public_id, invitation_text }) =>
      textOf(invited_user_public_id) === slugOf(invitation.linkedin_url) &&
      textOf(invitation_text) === (invitation.message ?? ''),
  );
  return found ? { kind: 'done', result: resultOf(textOf(found.invited_user_id), found.id) } : { kind: 'unknown' };
}

const resultOf = (provider_id: string, invitation_id: unknown): JsonObject => ({
  delivered: true,
  provider_id,
  invitation_id: typeof invitation_id === 'string' ? invitation_id : null,
});
