import type { Actor, KeyKind, Role, Scope } from '@proviso/contracts';
import type { Logger } from 'pino';
import type { Database } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';
import type { Timings } from '../platform/timings.ts';
import type { Registry } from '../executors/registry.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import type { Queue } from '../platform/queue.ts';
import type { KeyRing } from '../platform/secrets.ts';

/** The services of a process. */
export interface Services {
  db: Database;
  queue: Queue;
  executors: Registry;
  secrets: KeyRing;
  log: Logger;
  timings: Timings;
}

/** The caller, as the token or the session identifies them. */
export interface Caller {
  /** The id of the API key, or of the session. */
  tokenId: string;
  /** A session is a person, with all that their role allows. */
  kind: KeyKind | 'session';
  workspaceId: string;
  /** The person of the credential or session; null = a key, which acts for nobody. */
  person: { id: string; email: string; name: string } | null;
  /** The member whose rights limit it: the person, or the creator of the key. */
  answersForId: string;
  /** The workspace of a request that names none. */
  isHome: boolean;
  /** What it creates expires by then; null = it does not expire. */
  expiresAt: Date | null;
  /** For a key, its own role or its creator's, whichever is lower. */
  role: Role;
  /** May approve and reject, as far as role and scopes go: a person, or a workspace key that was made for it. */
  decides: boolean;
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

function assertRights(ctx: Context, scope: Scope, roles: readonly Role[]): void {
  if (!ctx.caller.scopes.includes(scope)) throw forbidden(`The token lacks the scope ${scope}.`);
  if (!roles.includes(ctx.caller.role)) throw forbidden(`A ${ctx.caller.role} may not do this.`);
}

/** Rights = role ∩ scopes: reading takes any role, writing an owner or admin. Throws FORBIDDEN. */
export function authorize(ctx: Context, scope: Scope): void {
  assertRights(ctx, scope, scope.endsWith(':read') ? READERS : WRITERS);
}

/** The first check of verbs whose further checks depend on the action: may the caller do any of it? */
export function authorizeActing(ctx: Context): void {
  assertRights(ctx, 'actions:write', DECIDERS);
}

/** Deciding takes a person, or a key that an admin made for it; an agent's never decides. Throws FORBIDDEN. */
export function authorizeDecision(ctx: Context, scope: 'actions:write' | 'agents:approve' = 'actions:write'): void {
  if (ctx.caller.agent) throw forbidden('An agent never decides. Ask a person.');
  if (!ctx.caller.decides)
    throw forbidden('This key may not decide. Use a personal credential, or a key that was made with decides: true.');
  assertRights(ctx, scope, DECIDERS);
}

/** What authorizeDecision asks beside a scope: a right to decide may end while a decision is prepared. Throws FORBIDDEN. */
export function assertDecider({ caller }: Pick<Context, 'caller'>): void {
  if (!caller.decides || !DECIDERS.includes(caller.role)) throw forbidden('You are no longer allowed to decide.');
}

/** The API key that what the caller makes is made with; null = they make it while signed in, and it outlives the session. */
export const keyIdOf = ({ kind, tokenId }: Caller): string | null => (kind === 'session' ? null : tokenId);

/** Whether this caller may administrate the workspace. */
export const mayAdministrate = ({ caller }: Context): boolean =>
  !caller.agent && caller.scopes.includes('workspace:admin') && WRITERS.includes(caller.role);

/** Whether this caller could approve. */
export const mayDecide = ({ caller }: Context): boolean =>
  caller.decides && caller.scopes.includes('actions:write') && DECIDERS.includes(caller.role);

/** Configuration is for people: an agent's token is refused whatever its scopes. Throws FORBIDDEN. */
export function authorizeConfiguration(ctx: Context, scope: Scope): void {
  if (ctx.caller.agent) throw forbidden('An agent cannot change this. Ask a person.');
  authorize(ctx, scope);
}

/** What only people do, whatever a key may: members, invitations, workspaces, their own credentials. Throws FORBIDDEN. */
export function authorizePerson(ctx: Context): NonNullable<Caller['person']> {
  if (ctx.caller.person) return ctx.caller.person;
  throw forbidden('Sign in, or use a personal credential: a key cannot manage people or workspaces.');
}

/** The same, and the right to administrate the workspace. Throws FORBIDDEN. */
export function authorizePeople(ctx: Context): NonNullable<Caller['person']> {
  const person = authorizePerson(ctx);
  authorize(ctx, 'workspace:admin');
  return person;
}

/** The first question of verbs on credentials: a person on their own, a workspace key as an administrator. */
export function authorizeCredentials(ctx: Context): void {
  if (!ctx.caller.person) authorizeConfiguration(ctx, 'workspace:admin');
}

/** An agent cannot write records that guards rely on. Throws FORBIDDEN. */
export function refuseAgent({ caller }: Pick<Context, 'caller'>, message: string): void {
  if (caller.agent) throw forbidden(message);
}
