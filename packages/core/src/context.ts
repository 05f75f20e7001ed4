import type { Actor, Role, Scope } from '@proviso/contracts';
import type { Logger } from 'pino';
import type { Database } from './db.ts';
import { AppError } from './errors.ts';
import type { Pace } from './execution/pace.ts';
import type { Registry } from './execution/registry.ts';
import type { Idempotency } from './idempotency.ts';
import type { Queue } from './queue.ts';
import type { KeyRing } from './secrets.ts';

/** What every process has, once. */
export interface Services {
  db: Database;
  queue: Queue;
  executors: Registry;
  secrets: KeyRing;
  log: Logger;
  pace: Pace;
}

/** Who calls, as the token says. */
export interface Caller {
  tokenId: string;
  workspaceId: string;
  user: { id: string; email: string; name: string };
  role: Role;
  scopes: readonly Scope[];
  /** Set = the token speaks for this agent, and never decides. */
  agent: { id: string; name: string; enabled: boolean } | null;
  actor: Actor;
}

/** One call: the services, the caller, and the request's Idempotency-Key if it has one. */
export interface Context extends Services {
  caller: Caller;
  idempotency?: Idempotency;
  /** Where a decision came in: shown in its record. */
  via: string;
}

const READERS: readonly Role[] = ['owner', 'admin', 'reviewer', 'viewer'];
const WRITERS: readonly Role[] = ['owner', 'admin'];
const DECIDERS: readonly Role[] = ['owner', 'admin', 'reviewer'];

const forbidden = (message: string): AppError => new AppError('FORBIDDEN', message);

function demand(ctx: Context, scope: Scope, roles: readonly Role[]): void {
  if (!ctx.caller.scopes.includes(scope)) throw forbidden(`The token lacks the scope ${scope}.`);
  if (!roles.includes(ctx.caller.role)) throw forbidden(`A ${ctx.caller.role} may not do this.`);
}

/** Rights = role ∩ scopes: reading takes any role, writing an owner or admin. Throws FORBIDDEN. */
export function authorize(ctx: Context, scope: Scope): void {
  demand(ctx, scope, scope.endsWith(':read') ? READERS : WRITERS);
}

/** The first question of verbs that change, run or approve, depending on what they find: may the caller do any of it? */
export function authorizeActing(ctx: Context): void {
  demand(ctx, 'actions:write', DECIDERS);
}

/** Deciding takes a person: an agent's token never decides, whatever its scopes. Throws FORBIDDEN. */
export function authorizeDecision(ctx: Context, scope: 'actions:write' | 'agents:approve' = 'actions:write'): void {
  if (ctx.caller.agent) throw forbidden('An agent never decides. Ask a person.');
  demand(ctx, scope, DECIDERS);
}

/** Whether this caller could approve: a person's token with the right. */
export const mayDecide = ({ caller }: Context): boolean =>
  !caller.agent && caller.scopes.includes('actions:write') && DECIDERS.includes(caller.role);

/** Configuration is for people: an agent's token is refused whatever its scopes. Throws FORBIDDEN. */
export function authorizeConfiguration(ctx: Context, scope: Scope): void {
  if (ctx.caller.agent) throw forbidden('An agent may not change this.');
  authorize(ctx, scope);
}
