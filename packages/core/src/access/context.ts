import type { Actor, KeyKind, Role, Scope } from '@proviso/contracts';
import type { Logger } from 'pino';
import type { Database } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import type { Epoch } from '../platform/epoch.ts';
import type { Timings } from '../platform/timings.ts';
import type { Registry } from '../executors/registry.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import type { Queue } from '../platform/queue.ts';
import type { KeyRing } from '../platform/secrets.ts';

/** The services of a process. */
export interface Services {
  db: Database;
  queue: Queue;
  epoch: Epoch;
  executors: Registry;
  secrets: KeyRing;
  log: Logger;
  timings: Timings;
}

/** The caller, as the token or the session identifies them. */
export interface Caller {
  /** The id of the API key, or of the session. */
  tokenId: string;
  /** A session acts as its person, with everything that their role allows. */
  kind: KeyKind | 'session';
  workspaceId: string;
  /** The person of the credential or session; null for a key, which acts for no person. */
  person: { id: string; email: string; name: string } | null;
  /** The member whose rights limit it: the person, or the creator of the key. */
  answersForId: string;
  /** The default workspace of the token, for requests that name none. */
  isHome: boolean;
  /** Credentials that it creates expire no later; null = it does not expire. */
  expiresAt: Date | null;
  /** For a key: its own role or its creator's, whichever is lower. */
  role: Role;
  /** May approve and reject, within role and scopes: a person, or a workspace key created for it. */
  decides: boolean;
  scopes: readonly Scope[];
  /** Set when the token acts as this agent, which never decides. */
  agent: { id: string; name: string; enabled: boolean } | null;
  actor: Actor;
}

/** One call: the services, the caller, and the request's Idempotency-Key, if any. */
export interface Context extends Services {
  caller: Caller;
  idempotency?: Idempotency;
  /** Where a decision came from, for its record. */
  via: string;
}

const READERS: readonly Role[] = ['owner', 'admin', 'reviewer', 'viewer'];
const WRITERS: readonly Role[] = ['owner', 'admin'];
const DECIDERS: readonly Role[] = ['owner', 'admin', 'reviewer'];

const forbidden = (message: string): AppError => new AppError('FORBIDDEN', message);

function assertRights(ctx: Context, scope: Scope, roles: readonly Role[]): void {
  if (!ctx.caller.scopes.includes(scope)) throw forbidden(`The token lacks the scope ${scope}.`);
  if (!roles.includes(ctx.caller.role)) throw forbidden(`A ${ctx.caller.role} may not do this.`);
}

/** Rights = role ∩ scopes. Any role may read; only an owner or admin may write. Throws FORBIDDEN. */
export function authorize(ctx: Context, scope: Scope): void {
  assertRights(ctx, scope, scope.endsWith(':read') ? READERS : WRITERS);
}

/** First check of verbs whose other checks depend on the action: may the caller do any of it? */
export function authorizeActing(ctx: Context): void {
  assertRights(ctx, 'actions:write', DECIDERS);
}

/** Only a person decides, or a key that an admin created for it; an agent's key never does. Throws FORBIDDEN. */
export function authorizeDecision(ctx: Context, scope: 'actions:write' | 'agents:approve' = 'actions:write'): void {
  if (ctx.caller.agent) throw forbidden('An agent never decides. Ask a person.');
  if (!ctx.caller.decides)
    throw forbidden('This key may not decide. Use a personal credential, or a key that was made with decides: true.');
  assertRights(ctx, scope, DECIDERS);
}

/**
 * The part of authorizeDecision that may change while a decision is prepared: the right, not the scope. Throws
 * FORBIDDEN.
 */
export function assertDecider({ caller }: Pick<Context, 'caller'>): void {
  if (!caller.decides || !DECIDERS.includes(caller.role)) throw forbidden('You are no longer allowed to decide.');
}

/** The API key that is recorded as the creator; null for a session, so that what it creates outlives it. */
export const keyIdOf = ({ kind, tokenId }: Caller): string | null => (kind === 'session' ? null : tokenId);

/** For what people who decide do with each other: comments, assignments, snoozes. Throws FORBIDDEN. */
export function authorizeReviewing(ctx: Context): NonNullable<Caller['person']> {
  const person = authorizePerson(ctx);
  assertRights(ctx, 'actions:write', DECIDERS);
  return person;
}

export const mayRoleDecide = (role: string): boolean => (DECIDERS as readonly string[]).includes(role);

export const mayAdministrate = ({ caller }: Context): boolean =>
  !caller.agent && caller.scopes.includes('workspace:admin') && WRITERS.includes(caller.role);

export const mayDecide = ({ caller }: Context): boolean =>
  caller.decides && caller.scopes.includes('actions:write') && DECIDERS.includes(caller.role);

/** Only people configure: an agent's token is refused whatever its scopes. Throws FORBIDDEN. */
export function authorizeConfiguration(ctx: Context, scope: Scope): void {
  if (ctx.caller.agent) throw forbidden('An agent cannot change this. Ask a person.');
  authorize(ctx, scope);
}

/**
 * For what only people do, whatever a key's scopes: members, invitations, workspaces, their own credentials. Throws
 * FORBIDDEN.
 */
export function authorizePerson(ctx: Context): NonNullable<Caller['person']> {
  if (ctx.caller.person) return ctx.caller.person;
  throw forbidden('Sign in, or use a personal credential: a key cannot manage people or workspaces.');
}

/** The same, and requires the right to administrate the workspace. Throws FORBIDDEN. */
export function authorizePeople(ctx: Context): NonNullable<Caller['person']> {
  const person = authorizePerson(ctx);
  authorize(ctx, 'workspace:admin');
  return person;
}

/** First check of verbs on credentials: people manage their own, a workspace key needs the right to administrate. */
export function authorizeCredentials(ctx: Context): void {
  if (!ctx.caller.person) authorizeConfiguration(ctx, 'workspace:admin');
}

/** An agent cannot write records that guards rely on. Throws FORBIDDEN. */
export function refuseAgent({ caller }: Pick<Context, 'caller'>, message: string): void {
  if (caller.agent) throw forbidden(message);
}
