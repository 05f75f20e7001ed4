// POST /mcp/{gateway_id}: the protocol's streamable HTTP for an agent's key, with the same authentication, limits and
// fairness as every other route. Held by apps/api/test/gateway-calls.test.ts.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AppError,
  authenticate,
  authorizeGatewayUse,
  callerIn,
  chooseCaller,
  createFairSlots,
  forTenant,
  openGatewayForAgent,
  type Context,
  type Services,
} from '@proviso/core';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { Router, type Request, type Response } from 'express';
import { tokenOf } from '../bearer.ts';
import { createBodyMemory, type BodyMemory } from '../body-memory.ts';
import { BODY, readBody } from '../body.ts';
import { assertNotOverloaded, consumeStrangerLimit, strangerAt } from '../rate-limiting.ts';
import { callersOf } from '../find-callers.ts';
import { signalGone, type Sharing } from '../route.ts';
import { createGatewayServer } from './server.ts';
import type { McpSession } from './session.ts';

/** Most clients give up on a call after a minute without progress. */
const WAIT_MS = 25_000;
/** How many calls of servers run at a time, in total and per workspace. */
const CALL_SLOTS = 64;
const CALL_SLOTS_OF_ONE = 24;

export interface GatewayOptions {
  /** How long a call waits for a person before it answers that it is queued. */
  waitMs?: number;
}

/** A pipeline listens several times to its end. */
const PIPE_LISTENERS = 10;

const ADDRESS = '/mcp/:gateway_id';

export function gatewayRouter(services: Services, sharing: Sharing, { waitMs = WAIT_MS }: GatewayOptions = {}): Router {
  const callSlots = createFairSlots({ slots: CALL_SLOTS, slotsOf: () => CALL_SLOTS_OF_ONE });
  const handler = createMcpHandler(
    ({ era, authInfo }) => createGatewayServer(era, authInfo?.extra?.session as McpSession),
    { onerror: (error) => services.log.debug({ err: error }, 'a request of an MCP client was refused') },
  );
  const memoryFor = createBodyMemory();
  const router = Router({ caseSensitive: true, strict: true });
  router.post(ADDRESS, (req, res) => {
    Object.assign(res.locals, { route: '/mcp/{gateway_id}', isStream: true }); // how long a person takes is no measure
    const tenant = sharing.knownTokens.tenantOf(tokenOf(req)) ?? strangerAt(req);
    assertNotOverloaded(services, tenant);
    return forTenant(tenant, async () => {
      const { ctx, body } = await readRequest({ services, sharing, memoryFor }, req, res);
      await forTenant(ctx.caller.workspaceId, async () => {
        const gateway = await openGatewayForAgent(ctx, req.params.gateway_id);
        const delivered: (() => Promise<void>)[] = [];
        const session: McpSession = {
          ctx,
          gateway,
          waiters: sharing.waiters,
          callSlots,
          waitMs,
          gone: signalGone(res, sharing.stopping),
          onDelivered: (work) => void delivered.push(work),
        };
        await serve({ handler, session, body }, req, res);
        if (res.writableFinished) await Promise.all(delivered.map((work) => work()));
      });
    });
  });
  router.all(ADDRESS, async (req, res) => {
    await consumeStrangerLimit(sharing.limits, strangerAt(req), res);
    res.set('Allow', 'POST');
    throw new AppError('METHOD_NOT_ALLOWED', 'This address accepts only POST: it has neither sessions nor a stream.');
  });
  return router;
}

interface Reading {
  services: Services;
  sharing: Sharing;
  memoryFor: (tokenId: string) => BodyMemory;
}

/** No body is read before its caller is authenticated and authorised. */
async function readRequest(
  { services, sharing, memoryFor }: Reading,
  req: Request,
  res: Response,
): Promise<{ ctx: Context; body: unknown }> {
  const first = chooseCaller(await callersOf({ db: services.db, sharing }, req, res), req.get('x-workspace-id'));
  authorizeGatewayUse({ ...services, caller: first, via: 'mcp' });
  sharing.knownTokens.remember(tokenOf(req), first.workspaceId);
  const isArriving = !req.complete;
  const memory = memoryFor(first.tokenId);
  res.once('close', memory.release);
  const body = await readBody(req, BODY, memory);
  const caller = isArriving ? callerIn(await authenticate(services.db, tokenOf(req)), first.workspaceId) : first;
  res.locals.workspaceId = caller.workspaceId;
  return { ctx: { ...services, caller, via: 'mcp' }, body };
}

interface Serving {
  handler: McpHttpHandler;
  session: McpSession;
  body: unknown;
}

async function serve({ handler, session, body }: Serving, req: Request, res: Response): Promise<void> {
  const hungUp = new AbortController();
  res.once('close', () => hungUp.abort());
  const headers = Object.entries(req.headers).flatMap(([name, value]) =>
    value === undefined || name === 'content-length' ? [] : [[name, [value].flat().join(', ')] as [string, string]],
  );
  const request = new globalThis.Request(`http://gateway.invalid${req.originalUrl}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: hungUp.signal,
  });
  const { tokenId, scopes } = session.ctx.caller;
  const authInfo = { token: '', clientId: tokenId, scopes: [...scopes], extra: { session } };
  const response = await handler.fetch(request, { authInfo, parsedBody: body });
  res.status(response.status);
  for (const [name, value] of response.headers) res.setHeader(name, value);
  if (!response.body) return void res.end();
  res.flushHeaders();
  res.setMaxListeners(res.getMaxListeners() + PIPE_LISTENERS);
  // A client that hangs up ends the pipe, and nothing else depends on it.
  await pipeline(Readable.fromWeb(response.body as never), res).catch(() => undefined);
}
