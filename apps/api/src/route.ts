import type { ErrorCode, JsonObject, JsonValue } from '@proviso/contracts';
import {
  AppError,
  authenticate,
  authenticatePerson,
  callerIn,
  callersNamed,
  chooseCaller,
  forTenant,
  hashLargeJson,
  invalid,
  type Caller,
  type Context,
  type Feed,
  type Idempotency,
  type ActionRow,
  type RateLimits,
  type Services,
  type Waiters,
} from '@proviso/core';
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { tokenOf } from './bearer.ts';
import { createBodyMemory, type BodyMemory } from './body-memory.ts';
import { BODY, NO_BODY, readBody, type BodyLimits } from './body.ts';
import { sendMessages, type Message } from './event-stream.ts';
import type { CallerCache } from './caller-cache.ts';
import type { KnownTokens } from './known-tokens.ts';
import { callersOf, personOf } from './find-callers.ts';
import { consumeStrangerLimit, assertNotOverloaded, strangerAt } from './rate-limiting.ts';
import type { OpenStreams } from './open-streams.ts';
import type { ReadSlots } from './read-slots.ts';
import { sendReply } from './reply.ts';
import { refuseOtherSites } from './same-origin.ts';
import type { Tag } from './tags.ts';
import { preferredWaitSeconds, waitForEnd } from './prefer-wait.ts';

/** The input of a handler. Body and query are unparsed: the verb parses them after it has authorised. */
interface Call {
  ctx: Context;
  /** Path parameters, by name. */
  path: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
  req: Request;
  res: Response;
  feed: Feed;
  /** Aborts when the process is told to stop. */
  stopping: AbortSignal;
  /** Aborts when the caller hangs up or the process is told to stop. */
  gone: AbortSignal;
  /** Waits as `Prefer: wait` asks: resolves with the action when it has ended or the time is over. */
  settled: (action: ActionRow) => Promise<ActionRow>;
}

/** What all requests of a process use. */
export interface Sharing {
  waiters: Waiters;
  feed: Feed;
  stopping: AbortSignal;
  readSlots: ReadSlots;
  knownTokens: KnownTokens;
  callerCache: CallerCache;
  openStreams: OpenStreams;
  /** Absent = no limits. */
  limits?: RateLimits | undefined;
}

/** One operation: its address, its description in the document, and its handler. The address determines the dialect. */
export type Route = Operation & (WorkspaceRoute | OutsiderRoute);

type WorkspaceRoute = (WorkspaceOfToken | WorkspaceOfRequest) & {
  /**
   * Called before the body is read: the verb's first check of its caller, or a weaker one if that depends on the body.
   * Throws FORBIDDEN.
   */
  authorize(ctx: Context): void;
  /** For a GET with `Prefer: wait`: waits before it takes a read slot, which it would hold for too long. */
  waitFirst?(call: Call): Promise<unknown>;
  handle(call: Call): Promise<unknown>;
  handleOutsider?: never;
};

/** For callers without a workspace: people with a personal credential, and anonymous callers. */
interface OutsiderRoute {
  path: `/v1/${string}`;
  workspace?: never;
  handleOutsider(call: OutsiderCall): Promise<unknown>;
}

/** The input of such a route's handler. */
interface OutsiderCall {
  services: Services;
  person: Caller['person'];
  body: unknown;
  req: Request;
  res: Response;
}

/** The workspace comes from the token or from X-Workspace-Id. */
interface WorkspaceOfToken {
  /** In OpenAPI's form: /v1/actions/{action_id}. */
  path: `/v1/${string}`;
  workspace?: never;
}

/** The workspace comes from the request. */
interface WorkspaceOfRequest {
  path: `/api/pending-actions${string}`;
  /** Returns the workspace of the request; a token without access to it is refused. Throws NOT_FOUND, INVALID. */
  workspace(asked: WorkspaceRequest): string | Promise<string>;
}

/** What a request names, before its caller is authorised. */
interface WorkspaceRequest {
  services: Services;
  callers: readonly Caller[];
  path: Record<string, string>;
  query: Record<string, unknown>;
  /** Reads the body. Call it after some workspace has allowed the caller to send one. */
  body: () => Promise<unknown>;
}

interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  operationId: string;
  summary: string;
  /** What it does beyond the summary, and who may call it. */
  description: string;
  tag: Tag;
  body?: z.ZodType;
  query?: z.ZodObject;
  reply: z.ZodType;
  /** 200 by default. */
  status?: 200 | 201;
  /** `BODY` by default. */
  bodyLimits?: BodyLimits;
  /** Takes `Prefer: wait`. */
  waits?: true;
  /** Although it is a write, what is known of callers stays true. */
  changesNoRights?: true;
  /** Takes `If-Match`. */
  conditional?: true;
  /** The handler returns an AsyncIterable of messages of this type; `reply` is the schema of their data. */
  streams?: 'text/event-stream' | 'application/x-ndjson';
  /** Codes that the document lists beyond those of all routes of its kind. */
  fails?: readonly ErrorCode[];
}

export const defineRoute = (route: Route): Route => route;

/** The addresses that are asked for most are compared first. */
const BUSIEST = '/v1/actions';

/**
 * Serves addresses without an id before those with one, in the order of the list. Answers 405 when the address is known
 * but the method is not. A route answers its own errors: the router would compare all further addresses first.
 */
export function serveRoutes(
  services: Services,
  routes: readonly Route[],
  { answerError, ...sharing }: Sharing & { answerError: ErrorRequestHandler },
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const memoryFor = createBodyMemory();
  const paths = [...new Set(routes.map((route) => route.path))];
  const rank = (path: string): number => Number(path.includes('{')) - 2 * Number(path.startsWith(BUSIEST));
  for (const path of paths.toSorted((a, b) => rank(a) - rank(b))) {
    const routesHere = routes.filter((route) => route.path === path);
    const address = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const route of routesHere) {
      const serving = { services, sharing, memoryFor };
      const answer: RequestHandler = (req, res) => {
        Object.assign(res.locals, { route: path, isStream: route.streams !== undefined });
        const tenant = sharing.knownTokens.tenantOf(tokenOf(req)) ?? strangerAt(req);
        assertNotOverloaded(services, tenant);
        return forTenant(tenant, () =>
          route.handleOutsider
            ? serveOutsider({ ...serving, route }, req, res)
            : serve({ ...serving, route }, req, res),
        );
      };
      router[route.method](address, answer, answerError);
    }
    const allowed = routesHere.map((route) => route.method.toUpperCase()).join(', ');
    router.all(address, async (req, res) => {
      await consumeStrangerLimit(sharing.limits, strangerAt(req), res);
      res.set('Allow', allowed);
      throw new AppError('METHOD_NOT_ALLOWED', `This address accepts only ${allowed}.`);
    });
  }
  return router;
}

interface Serving<Served> {
  memoryFor: (tokenId: string) => BodyMemory;
  services: Services;
  route: Operation & Served;
  sharing: Sharing;
}

async function serve(
  { services, route, sharing, memoryFor }: Serving<WorkspaceRoute>,
  req: Request,
  res: Response,
): Promise<void> {
  const callers = await callersOf({ db: services.db, sharing, mayBeRecent: route.method === 'get' }, req, res);
  const isArriving = !req.complete;
  const may = (caller: Caller): void => route.authorize({ ...services, caller, via: 'api' });
  assertSomeCaller(callers, may);
  const memory = memoryFor(callers[0]?.tokenId ?? '');
  res.once('close', memory.release);
  let reading: Promise<unknown> | undefined;
  const read = (): Promise<unknown> => (reading ??= readBodyOf(route, req, memory));
  const named = { path: req.params as Record<string, string>, query: { ...req.query } };
  const first = route.workspace
    ? callerIn(callers, await workspaceOf(route, req, { services, callers, ...named, body: read }))
    : chooseCaller(callers, req.get('x-workspace-id'));
  may(first);
  if (!route.query) EMPTY.parse(req.query);
  sharing.knownTokens.remember(tokenOf(req), first.workspaceId);
  assertNotOverloaded(services, first.workspaceId);
  return forTenant(first.workspaceId, () =>
    serveCaller({ services, route, sharing, memoryFor }, { first, isArriving, named, read }, req, res),
  );
}

interface Identified {
  first: Caller;
  /** The body may still be arriving. */
  isArriving: boolean;
  named: Pick<Call, 'path' | 'query'>;
  read: () => Promise<unknown>;
}

async function serveCaller(
  { services, route, sharing }: Serving<WorkspaceRoute>,
  { first, isArriving, named, read }: Identified,
  req: Request,
  res: Response,
): Promise<void> {
  const body = await read();
  // A body may take a minute to arrive; its sender may have been removed in the meantime.
  const caller = isArriving ? callerIn(await authenticate(services.db, tokenOf(req)), first.workspaceId) : first;
  route.authorize({ ...services, caller, via: 'api' });
  const ctx = await contextOf(services, req, caller, body);
  let gone: AbortSignal | undefined; // most requests end without asking for it
  res.locals.workspaceId = caller.workspaceId;
  const call: Call = {
    ...sharing,
    ctx,
    ...named,
    body,
    req,
    res,
    get gone() {
      return (gone ??= signalGone(res, sharing.stopping));
    },
    settled: (action) => waitForEnd(sharing.waiters, call, action),
  };
  if (route.streams) {
    res.once('close', sharing.openStreams.take(caller));
    return sendMessages(res, (await route.handle(call)) as AsyncIterable<Message>, {
      gone: call.gone,
      type: route.streams,
    });
  }
  const answer = async (): Promise<void> => {
    const reply = await route.handle(call).finally(() => forgetCallers(route, sharing));
    res.locals.action = actionIn(reply as object);
    if (ctx.idempotency?.replayed) res.set('Idempotency-Replayed', 'true');
    await sendReply(res, route.status ?? 200, reply);
  };
  if (route.waitFirst && preferredWaitSeconds(req) !== undefined) await route.waitFirst(call);
  return route.method === 'get' ? sharing.readSlots.run(caller.workspaceId, answer) : answer();
}

/** Serves a caller with or without a personal credential. */
async function serveOutsider(
  { services, route, sharing, memoryFor }: Serving<OutsiderRoute>,
  req: Request,
  res: Response,
): Promise<void> {
  refuseOtherSites(req); // some of these routes sign in
  const person = await personOf({ db: services.db, sharing }, req, res);
  EMPTY.parse(req.query);
  const isArriving = !req.complete;
  const memory = memoryFor(person?.tokenId ?? strangerAt(req));
  res.once('close', memory.release);
  const body = await readBodyOf(route, req, memory);
  if (person && isArriving) await authenticatePerson(services.db, tokenOf(req));
  const outsider = { services, person: person?.person ?? null, body, req, res };
  const reply = await route.handleOutsider(outsider).finally(() => forgetCallers(route, sharing));
  await sendReply(res, route.status ?? 200, reply);
}

/** A write other than to actions may have changed who may do what. */
function forgetCallers({ method, changesNoRights }: Operation, { callerCache }: Sharing): void {
  if (method !== 'get' && !changesNoRights) callerCache.clear();
}

/** When a request could mean several workspaces, as by a batch id, the header decides. */
function workspaceOf(route: WorkspaceOfRequest, req: Request, asked: WorkspaceRequest): string | Promise<string> {
  return route.workspace({ ...asked, callers: callersNamed(asked.callers, req.get('x-workspace-id')) });
}

/** The action that the reply is about, for the log. */
const actionIn = ({ action_id, id }: { action_id?: unknown; id?: unknown }): unknown => action_id ?? id;

export function signalGone(res: Response, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    stopping.removeEventListener('abort', leave);
    gone.abort();
  };
  res.once('close', leave);
  stopping.addEventListener('abort', leave);
  if (res.destroyed || stopping.aborted) leave();
  return gone.signal;
}

/** Reads no body from a caller who may not send it to any workspace that the token reaches. Throws FORBIDDEN. */
function assertSomeCaller(callers: readonly Caller[], may: (caller: Caller) => void): void {
  const refusals = callers.map((caller) => {
    try {
      may(caller);
      return undefined;
    } catch (error) {
      return error;
    }
  });
  if (refusals.every(Boolean)) throw refusals[0];
}

/** The body or query of a route that declares none. */
const EMPTY = z.strictObject({});

async function readBodyOf(route: Operation, req: Request, memory: BodyMemory): Promise<unknown> {
  if (route.body) return readBody(req, route.bodyLimits ?? BODY, memory);
  return EMPTY.parse(await readBody(req, NO_BODY, memory));
}

async function contextOf(services: Services, req: Request, caller: Caller, body: unknown): Promise<Context> {
  const ctx: Context = { ...services, caller, via: 'api' };
  const key = req.headers['idempotency-key'];
  if (key === undefined || req.method !== 'POST') return ctx;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key))
    throw invalid('Idempotency-Key', 'must be 1 to 255 printable characters');
  const query = Object.keys(req.query).length > 0 && { query: req.query as JsonObject };
  const requestHash = await hashLargeJson({ method: req.method, path: req.path, ...query, body: body as JsonValue });
  const idempotency: Idempotency = {
    key,
    requestHash,
    replayed: false,
    tokenId: caller.tokenId,
    workspaceId: caller.workspaceId,
  };
  return { ...ctx, idempotency };
}
