import type { ErrorCode, JsonObject, JsonValue } from '@proviso/contracts';
import {
  AppError,
  authenticate,
  callerIn,
  callersNamed,
  chooseCaller,
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
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { createBodyRoom, type BodyShare } from './body-room.ts';
import { BODY, NO_BODY, readBody, type BodyLimits } from './body.ts';
import { sendMessages, type Message } from './event-stream.ts';
import { demandAllowance, demandCallersAllowance, demandRoom, strangerAt } from './limited.ts';
import type { ReadSlots } from './read-slots.ts';
import { sendReply } from './reply.ts';
import type { Tag } from './tags.ts';
import { settled } from './waiting.ts';

/** What a handler gets. Body and query are as they came: the verb parses them, after it has authorised. */
export interface Call {
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
  /** The action as `Prefer: wait` wants it: once it has ended, or when the time is over. */
  settled: (action: ActionRow) => Promise<ActionRow>;
}

/** What all requests of a process share. */
export interface Sharing {
  waiters: Waiters;
  feed: Feed;
  stopping: AbortSignal;
  readSlots: ReadSlots;
  /** Absent = callers may ask as much as they like. */
  limits?: RateLimits | undefined;
}

/** One operation: how it is reached, what the document says of it, and what it does. Its address says its dialect. */
export type Route = Operation & (OnV1 | OnPendingActions);

/** The token or its X-Workspace-Id says which workspace is meant. */
interface OnV1 {
  /** In OpenAPI's form: /v1/actions/{action_id}. */
  path: `/v1/${string}`;
  workspace?: never;
}

/** The request says which workspace is meant. */
interface OnPendingActions {
  path: `/api/pending-actions${string}`;
  /** The workspace that it is about; a token that does not reach it is refused. Throws NOT_FOUND, INVALID. */
  workspace(asked: Asked): string | Promise<string>;
}

/** What a request names, before it is known whether its caller may. */
export interface Asked {
  services: Services;
  callers: readonly Caller[];
  path: Record<string, string>;
  query: Record<string, unknown>;
  /** Reads it, once it is known that the caller may send one to some workspace. */
  body: () => Promise<unknown>;
}

interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  operationId: string;
  summary: string;
  tag: Tag;
  body?: z.ZodType;
  query?: z.ZodObject;
  reply: z.ZodType;
  /** 200 unless given. */
  status?: 200 | 201;
  /** `BODY` unless given. */
  bodyLimits?: BodyLimits;
  /** Takes `Prefer: wait`. */
  waits?: true;
  /** Takes `If-Match`. */
  conditional?: true;
  /** Handles by an AsyncIterable of messages, sent as `text/event-stream`; `reply` is what their data may be. */
  streams?: true;
  /** Codes that the document names beyond those that routes of its kind answer. */
  fails?: readonly ErrorCode[];
  /**
   * Asked before the body is read: what the verb asks of its caller first, or less where that depends on the body.
   * Throws FORBIDDEN.
   */
  authorize(ctx: Context): void;
  handle(call: Call): Promise<unknown>;
  /** Answers whoever sends no token at all; without it they are refused. */
  handleStranger?(call: { services: Services; body: unknown }): Promise<unknown>;
}

export const defineRoute = (route: Route): Route => route;

/**
 * Serves the routes, addresses without an id first, else in the order of the list; a known address with another method
 * answers 405.
 */
export function serveRoutes(services: Services, routes: readonly Route[], sharing: Sharing): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const bodyRoom = createBodyRoom();
  const paths = [...new Set(routes.map((route) => route.path))];
  const addressed = (path: string): number => Number(path.includes('{'));
  for (const path of paths.toSorted((a, b) => addressed(a) - addressed(b))) {
    const here = routes.filter((route) => route.path === path);
    const address = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const route of here) {
      router[route.method](address, (req, res) => serve({ services, route, sharing, bodyRoom }, req, res));
    }
    const allowed = here.map((route) => route.method.toUpperCase()).join(', ');
    router.all(address, async (req, res) => {
      await demandAllowance(sharing.limits, strangerAt(req), res);
      res.set('Allow', allowed);
      throw new AppError('METHOD_NOT_ALLOWED', `This address takes ${allowed}.`);
    });
  }
  return router;
}

interface Serving {
  bodyRoom: (tokenId: string) => BodyShare;
  services: Services;
  route: Route;
  sharing: Sharing;
}

async function serve({ services, route, sharing, bodyRoom }: Serving, req: Request, res: Response): Promise<void> {
  demandRoom(services);
  if (route.handleStranger && req.headers.authorization === undefined) {
    await demandAllowance(sharing.limits, strangerAt(req), res);
    const share = bodyRoom(strangerAt(req));
    res.once('close', share.end);
    const body = await readBodyOf(route, req, share);
    return void res.status(route.status ?? 200).json(await route.handleStranger({ services, body }));
  }
  const callers = await callersOf(services, sharing, req, res);
  const may = (caller: Caller): void => route.authorize({ ...services, caller, via: 'api' });
  demandAny(callers, may);
  const share = bodyRoom(callers[0]?.tokenId ?? '');
  res.once('close', share.end);
  let reading: Promise<unknown> | undefined;
  const read = (): Promise<unknown> => (reading ??= readBodyOf(route, req, share));
  const named = { path: req.params as Record<string, string>, query: { ...req.query } };
  const caller = route.workspace
    ? callerIn(callers, await workspaceOf(route, req, { services, callers, ...named, body: read }))
    : chooseCaller(callers, req.get('x-workspace-id'));
  may(caller);
  if (!route.query) NOTHING.parse(req.query);
  const body = await read();
  const ctx = await contextOf(services, req, caller, body);
  const gone = goneOf(res, sharing.stopping);
  res.locals.workspaceId = caller.workspaceId;
  const call: Call = {
    ...sharing,
    ctx,
    ...named,
    body,
    req,
    res,
    gone,
    settled: (action) => settled({ ...sharing, ctx, req, res, gone }, action),
  };
  if (route.streams) return sendMessages(res, (await route.handle(call)) as AsyncIterable<Message>, gone);
  const answer = async (): Promise<void> => {
    const reply = await route.handle(call);
    res.locals.action = actionIn(reply as object);
    if (ctx.idempotency?.replayed) res.set('Idempotency-Replayed', 'true');
    await sendReply(res, route.status ?? 200, reply);
  };
  const mayWait = route.waits && req.headers.prefer !== undefined; // for long, and for no memory of ours
  return route.method === 'get' && !mayWait ? sharing.readSlots.run(caller.workspaceId, answer) : answer();
}

/** Where one request could mean several workspaces, such as by a batch's id, the header says which. */
function workspaceOf(route: OnPendingActions, req: Request, asked: Asked): string | Promise<string> {
  return route.workspace({ ...asked, callers: callersNamed(asked.callers, req.get('x-workspace-id')) });
}

/** The action that a reply is about, for the log. */
const actionIn = ({ action_id, id }: { action_id?: unknown; id?: unknown }): unknown => action_id ?? id;

function goneOf(res: Response, stopping: AbortSignal): AbortSignal {
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

/** Nobody's body is read before it is known who they are and that they may ask. */
async function callersOf({ db }: Services, { limits }: Sharing, req: Request, res: Response): Promise<Caller[]> {
  try {
    const token = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
    const callers = await authenticate(db, token);
    const [caller] = callers;
    if (!caller) return callers;
    res.locals.credential = { kind: caller.kind, id: caller.tokenId };
    await demandCallersAllowance(limits, caller, res);
    return callers;
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED')
      await demandAllowance(limits, strangerAt(req), res);
    throw error;
  }
}

/** A body is not read for somebody who may not send it to any workspace that the token reaches. Throws FORBIDDEN. */
function demandAny(callers: readonly Caller[], may: (caller: Caller) => void): void {
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

/** What a route takes that says nothing of a body or a query. */
const NOTHING = z.strictObject({});

async function readBodyOf(route: Route, req: Request, share: BodyShare): Promise<unknown> {
  if (route.body) return readBody(req, route.bodyLimits ?? BODY, share);
  return NOTHING.parse(await readBody(req, NO_BODY, share));
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

/** The version of an If-Match header, as GET's ETag gave it; undefined without one. */
export function ifMatch({ headers }: Request): number | undefined {
  const tag = headers['if-match'];
  if (tag === undefined || tag === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(tag)?.[1];
  if (!version) throw new AppError('PRECONDITION_FAILED', 'If-Match takes the ETag of GET /v1/actions/{action_id}.');
  return Number(version);
}
