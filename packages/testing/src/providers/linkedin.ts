import type { JsonObject } from '@proviso/contracts';
import { startHttpFake, type FakeReply, type FakeRequest, type HttpFake } from './http-fake.ts';

export interface SentInvitation {
  id: string;
  provider_id: string;
  message: string | null;
}

export interface UnipileFake extends HttpFake {
  readonly account: string;
  /** In the order of arrival; an invitation is here before its reply is sent. */
  readonly invitations: SentInvitation[];
  /** Accepts the invitation, which is then no longer listed. */
  accept(id: string): void;
}

const ACCOUNT = 'acc_1';

const refusal = (status: number, title: string, detail: string): FakeReply => ({
  status,
  body: { status, type: `errors/${title.toLowerCase().replaceAll(' ', '_')}`, title, detail },
});

/** The part of Unipile's API that an executor uses: every profile exists, and nobody is invited twice. */
export async function startUnipileFake({ token }: { token: string }): Promise<UnipileFake> {
  const invitations: SentInvitation[] = [];
  const accepted = new Set<string>();

  const invite = ({ provider_id, account_id, message }: JsonObject): FakeReply => {
    if (account_id !== ACCOUNT) return refusal(404, 'Account not found', 'No such account.');
    if (invitations.some((each) => each.provider_id === provider_id))
      return refusal(422, 'Already invited recently', 'An invitation is pending.');
    const id = `inv_${invitations.length + 1}`;
    // as the client sent them
    invitations.push({ id, provider_id: provider_id as string, message: (message as string | undefined) ?? null });
    return { status: 201, body: { object: 'UserInvitationSent', invitation_id: id, usage: 10 } };
  };
  const handle = ({ method, path, query, headers, body }: FakeRequest): FakeReply => {
    if (headers['x-api-key'] !== token) return refusal(401, 'Missing credentials', 'The key is not known.');
    if (method === 'POST' && path === '/api/v1/users/invite') return invite(JSON.parse(body) as JsonObject);
    if (path === `/api/v1/accounts/${ACCOUNT}`)
      return { status: 200, body: { object: 'Account', id: ACCOUNT, type: 'LINKEDIN', name: 'Ada Sales' } };
    if (query.get('account_id') !== ACCOUNT) return refusal(404, 'Account not found', 'No such account.');
    if (path === '/api/v1/users/invite/sent')
      return { status: 200, body: { object: 'InvitationList', items: listed() } };
    const slug = decodeURIComponent(path.split('/').at(-1) ?? '');
    if (slug === 'nobody') return refusal(404, 'Not found', 'The profile cannot be found.');
    return { status: 200, body: { object: 'UserProfile', provider_id: `ACo_${slug}`, public_identifier: slug } };
  };
  const listed = (): JsonObject[] =>
    invitations
      .filter(({ id }) => !accepted.has(id))
      .map(({ id, provider_id, message }) => ({
        object: 'InvitationSent',
        id,
        invited_user_id: provider_id,
        invited_user_public_id: provider_id.replace(/^ACo_/, ''),
        invitation_text: message,
      }));
  const http = await startHttpFake({ handle, tooMany: refusal(429, 'Too many requests', 'Slow down.') });
  return { ...http, account: ACCOUNT, invitations, accept: (id) => void accepted.add(id) };
}
