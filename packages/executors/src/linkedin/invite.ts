import { done, refused, retry, type Outcome, type Settlement } from '@proviso/core/executor';
import type { JsonObject } from '@proviso/contracts';
import { noAnswer, statusOutcome } from '../http/outcome.ts';
import { slugOf, type LinkedinParams } from './params.ts';
import { textOf, type Answer, type Unipile } from './unipile.ts';

interface Run {
  signal: AbortSignal;
  begin(): Promise<void>;
}

/** Sends the invitation. What fails while the profile is looked up has done nothing. */
export async function inviteByUnipile(unipile: Unipile, invitation: LinkedinParams, run: Run): Promise<Outcome> {
  const slug = slugOf(invitation.linkedin_url) ?? '';
  const person = await ask(unipile, `users/${encodeURIComponent(slug)}`, { query: { account_id: unipile.account } });
  if ('kind' in person) return person.kind === 'retry' ? { ...person, undone: true } : person;
  const provider_id = textOf(person.body.provider_id);
  if (provider_id === '') return refused('Unipile knows no such profile.');
  if (run.signal.aborted) return retry('Stopped before sending.', { undone: true });
  await run.begin();
  const { message } = invitation;
  const body = { provider_id, account_id: unipile.account, ...(message !== undefined && { message }) };
  const sent = await ask(unipile, 'users/invite', { body });
  if (!('kind' in sent)) return done(resultOf(provider_id, sent.body.invitation_id));
  if (sent.kind !== 'retry' || sent.undone || run.signal.aborted) return sent;
  const found = await findInvitation(unipile, invitation); // the answer was lost, but perhaps not the invitation
  return found.kind === 'done' ? found : sent;
}

/**
 * The pending invitation to that profile with that note, if LinkedIn lists one. An invitation that was accepted is
 * listed no more, so that its absence says nothing.
 */
export async function findInvitation(unipile: Unipile, invitation: LinkedinParams): Promise<Settlement> {
  const query = { account_id: unipile.account, limit: '100' };
  const { body } = await unipile.ask('users/invite/sent', { query }).catch(() => ({ body: {} as JsonObject }));
  const items = Array.isArray(body.items) ? (body.items as JsonObject[]) : [];
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

/** A good answer, or what the lack of one means. */
async function ask(unipile: Unipile, ...[path, more]: Parameters<Unipile['ask']>): Promise<Answer | Outcome> {
  try {
    const answer = await unipile.ask(path, more);
    return answer.ok ? answer : statusOutcome('Unipile', unipile.line, unipile.explain(answer));
  } catch {
    return noAnswer('Unipile', unipile.line);
  }
}
