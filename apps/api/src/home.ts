import type { RateLimits } from '@proviso/core';
import { Router } from 'express';
import { htmlPage } from './html-page.ts';
import type { InboxFiles } from './inbox.ts';
import { consumeStrangerLimit, strangerAt } from './rate-limiting.ts';

/**
 * The root address. Browsers get the inbox, or a page that says how to build it; programs get JSON with the addresses.
 */
export function homeRouter(limits: RateLimits | undefined, inbox: InboxFiles): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    await consumeStrangerLimit(limits, strangerAt(req), res);
    res.vary('Accept');
    if (req.accepts(['json', 'html']) === 'html')
      return inbox.isBuilt() ? inbox.sendPage(res) : void res.type('html').send(PAGE);
    res.json({ status: 'success', service: 'proviso', links: LINKS });
  });
  return router;
}

const LINKS = {
  reference: '/docs/',
  openapi: '/openapi.json',
  actions: '/v1/actions',
  auth_status: '/v1/auth/status',
  health: '/readyz',
  operators: '/admin',
} as const;

const PAGE = htmlPage(
  'start here',
  `  <h1>Proviso</h1>
  <p>Agents propose. People approve. The work happens once. The inbox is not built: run <code>npm run build</code>, and reload
    this page. Everything works over the API without it.</p>
  <ul>
    <li><a href="${LINKS.reference}">The reference</a>, from <a href="${LINKS.openapi}">openapi.json</a></li>
    <li><a href="${LINKS.operators}">Operators</a>: the queue, with a key that has <code>instance:operate</code></li>
    <li><a href="${LINKS.health}">Health</a></li>
  </ul>
  <h2>A first request</h2>
  <p>An agent proposes an e-mail, which then waits for a person. <code>PROVISO_URL</code> is the address of this page;
    <code>npm start</code> prints the keys and the identity.</p>
  <pre>curl -sS "$PROVISO_URL/v1/actions" \\
  -H "Authorization: Bearer $AGENT_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"type":"email_message","identity_id":"'$IDENTITY_ID'","require_approval":true,
       "params":{"email":"ada@example.com","subject":"Hello","message":"Written by an agent."}}'</pre>
  <p>The reply names the action, and a person approves it:</p>
  <pre>curl -sS "$PROVISO_URL/v1/actions/$ACTION_ID/approve" \\
  -H "Authorization: Bearer $OWNER_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"action":"approve"}'</pre>`,
);
