import type { StartedInstance } from './instance.ts';

/** What a newcomer needs first: the address, a link that signs in, the keys, and a command that works as printed. */
export function greet({ url, mailUrl, signInUrl, apiKey, agentKey, identityId }: StartedInstance): string {
  const proposal = {
    type: 'email_message',
    identity_id: identityId,
    require_approval: true,
    params: { email: 'ada@example.com', subject: 'Hello', message: 'Written by an agent, approved by a person.' },
  };
  return `
Proviso is running at ${url}

Sign in as the owner, once, within 15 minutes:

  ${signInUrl}

  Owner's API key   ${apiKey}
  Agent's API key   ${agentKey}
  API reference     ${url}/docs
  Bull Board        ${url}/admin/queues (signed in, or with the owner's key)
  Mail sent so far  ${mailUrl}/  as pages; anyone with this address can read it

The agent proposes an e-mail, which then waits for a person:

curl -sS ${url}/v1/actions \\
  -H 'Authorization: Bearer ${agentKey}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(proposal)}'

From the proposal to the delivered e-mail: npm run demo (in another terminal)
Stop everything: Ctrl-C
`;
}
