/**
 * The commands to try after the first workspace exists. They work as printed. Held by apps/api/test/commands.test.ts.
 */
export function nextSteps(url: string): string {
  const post = (path: string, body: object): string => `    curl -sS ${url}${path} \\
      -H "Authorization: Bearer $OWNER_KEY" -H 'Content-Type: application/json' \\
      -d '${JSON.stringify(body)}'`;
  const smtp = { host: 'smtp.example.com', port: 465, secure: true, from: 'Us <us@example.com>' };
  return `
Next, with the api running and the owner's key in OWNER_KEY:

  An account to send mail with (other services: docs/identities.md)
${post('/v1/identities', { provider: 'smtp', name: 'Mail', config: smtp, credentials: { user: 'us', pass: 'secret' } })}

  An agent, and then its key, with the agent's id from the first reply in AGENT_ID
${post('/v1/agents', { name: 'Outreach' })}
${post('/v1/api-keys', { name: 'Outreach', agent_id: 'AGENT_ID', scopes: ['actions:read', 'actions:write'] }).replace('"AGENT_ID"', `"'$AGENT_ID'"`)}

  A person who decides: give them the secret from the reply, which they exchange for their own token
${post('/v1/invitations', { email: 'rae@example.com', role: 'reviewer' })}
    curl -sS ${url}/v1/invitations/accept -H 'Content-Type: application/json' \\
      -d '{"secret":"'$SECRET'","name":"Rae"}'

  The reference      ${url}/docs
  How to propose     README.md, docs/agents.md
  Configuration      docs/configuration.md`;
}
