import type { Approval, JsonObject, JsonValue, Preview, Provider, StatusReason } from '@proviso/contracts';
import type { z } from 'zod';
import type { ReadableRecords, WritableRecords } from './records.ts';

/**
 * What may happen after a worker is lost in the middle of a run:
 * - transactional: the effect is in our own database and commits with the completion; run it again.
 * - idempotent: the provider de-duplicates on `ctx.key`; run it again within `keyLifetimeMs`.
 * - at_most_once: never run again after `ctx.begin()` has returned; `reconcile` may settle it.
 */
export type Delivery = 'transactional' | 'idempotent' | 'at_most_once';

export interface Executor<P extends object = JsonObject> {
  type: string;
  /** Increase it when the same params would have another effect: it is part of what is approved. */
  version: number;
  /** A function if it depends on the params or on the identity's config. */
  delivery: Delivery | ((params: P, identity: IdentityView | null) => Delivery);
  /** The provider that it acts through; 'none' accepts any identity and uses none. */
  identity: Provider | 'none';
  /** Validated at create, at every edit and again after the claim. Strict; asynchronous for a workspace's tool. */
  params: z.ZodType<P>;
  /** Set by core for a workspace's tool: the version, which is part of what is approved, and its sealed secret. */
  tool?: { version: number; secret: string };
  /**
   * Every proposal waits for a person, whoever proposes it and whatever an agent's settings, and is decided
   * individually.
   */
  alwaysAsks?: true;
  /** Params that only a reviewer's edits set. */
  reviewerFields?: readonly (keyof P & string)[];
  /** Params that only `resolve` sets, so that the preview shows what was looked up, not what was claimed. */
  resolvedFields?: readonly (keyof P & string)[];
  /** From the guard's approval to an outcome; 60 s by default. */
  timeoutMs?: number;
  /**
   * How many run at a time in one process, unless its operator configures it; three quarters of the slots by default.
   */
  concurrency?: number;
  /** How long the provider remembers `ctx.key` (idempotent only). */
  keyLifetimeMs?: number;
  /**
   * Params that say the same in another form, such as HTML next to a text. If a reviewer edits one alone, the others
   * are removed, so that what was edited is what is sent.
   */
  restatedIn?: Readonly<Partial<Record<keyof P & string, readonly (keyof P & string)[]>>>;
  /** Params that resolved fields depend on: a change of one drops those fields and resolves them again. */
  resolvesFrom?: readonly (keyof P & string)[];
  /**
   * Looks up missing fields before review, so that people approve final values.
   * Throws AppError INVALID with a path below `params` if a field can neither be found nor given.
   */
  resolve?(given: P, ctx: LookupContext): Promise<Partial<P>>;
  /** What the preview shows of the records at the time of the proposal; neither params nor part of the hash. */
  readCurrent?(params: P, ctx: LookupContext): Promise<JsonObject>;
  /**
   * The provider's definition of the params, such as a tool's schema, taken from what `readCurrent` returned. It is
   * part of what is approved. It is read again after the claim, and a change returns the action to a person as
   * `tool_changed`. A change of the preview that leaves it the same is only wording: it is shown, and asks a person
   * again once per action.
   */
  definition?(current: JsonObject): JsonValue;
  /**
   * Why an approval of these params is incomplete, and what to do; undefined = it is complete. `comment` is the
   * reviewer's.
   */
  approvalFault?(
    params: P,
    approval: { comment: string | null },
  ): { field: keyof P & string; message: string } | undefined;
  /**
   * Renders the preview from final params, the identity's public part and what `readCurrent` returned, if anything.
   * Pure.
   */
  preview(params: P, ctx: { identity: IdentityView | null; current?: JsonObject }): Preview;
  /**
   * What will happen, in one line for lists, from the same as the preview. Pure. Absent = the preview's title.
   * Everything in it must be in the preview, too: it may be cut.
   */
  summary?(params: P, ctx: { identity: IdentityView | null; current?: JsonObject }): string;
  /** Runs after the claim and before `execute`: is what was approved still right? Absent = it always is. */
  guard?(params: P, ctx: LookupContext & { approvedAt: Date }): Promise<GuardResult>;
  execute(ctx: RunContext<P>): Promise<Outcome>;
  /**
   * Called after a lost worker whose effect may have begun and must not be repeated: asks the provider what happened.
   * Absent = unknown.
   */
  reconcile?(ctx: Omit<RunContext<P>, 'begin'> & { begunAt: Date }): Promise<Reconciliation>;
}

/** An identity without its secrets. */
export interface IdentityView {
  id: string;
  provider: Provider;
  name: string;
  config: JsonObject;
  /** The account that the last verification found; null = not verified with these credentials. */
  account?: string | null;
}

export interface LookupContext {
  /** The workspace on whose behalf it runs, and whose turn it uses. */
  workspaceId: string;
  /** Looks up records of the action's workspace only. */
  records: ReadableRecords;
  identity: IdentityView | null;
  /**
   * The identity's secrets, for reading from the provider; null if it has none. Never log them.
   * Throws AppError UNAVAILABLE if this process has no key for them.
   */
  openCredentials: () => Promise<JsonObject | null>;
}

export interface RunContext<P> extends Omit<LookupContext, 'openCredentials' | 'workspaceId'> {
  action: {
    id: string;
    workspaceId: string;
    /** The mission in which it was proposed, if any. */
    missionId?: string | null;
    sessionId?: string | null;
    params: P;
    attempt: number;
    /** The decision that cleared it; null = cleared automatically. */
    approval: Approval | null;
  };
  /** The identity's or the tool's credentials, opened for this run only; null if there are none. Never log them. */
  credentials: JsonObject | null;
  /** For the provider's de-duplication: the same for every attempt of this action with these params. */
  key: string;
  /** Aborts on timeout, or when the lease is lost. */
  signal: AbortSignal;
  /**
   * Commits "the effect may have begun" under the fence. Await it right before the effect. It throws if this worker no
   * longer holds the action: then do nothing, and let the error pass.
   */
  begin: () => Promise<void>;
}

/** Runs in the completion's transaction; the fields that it returns are added to the action's result. */
export type Write = (records: WritableRecords) => Promise<JsonObject | void>;

/** The outcome that an executor reports. A throw is a bug: retried before `begin`, unknown after it. */
export type Outcome =
  | { kind: 'done'; result: JsonObject; write?: Write; reason?: Extract<StatusReason, 'handed_to_person'> }
  | { kind: 'refused'; message: string }
  | { kind: 'retry'; message: string; undone: boolean; afterMs?: number; unavailable?: boolean }
  | { kind: 'unknown'; message: string };

/**
 * It happened. `write` commits in one transaction with the completion; a transactional executor puts its effect there.
 */
export const done = (result: JsonObject, write?: Write): Outcome =>
  write ? { kind: 'done', result, write } : { kind: 'done', result };

/** A person has to do it. `write` tells them, for example by a task, and the action completes as `handed_to_person`. */
export const handedToPerson = (result: JsonObject, write: Write): Outcome => ({
  kind: 'done',
  result,
  write,
  reason: 'handed_to_person',
});

/** It did not happen, and repeating it would not change that. */
export const refused = (message: string): Outcome => ({ kind: 'refused', message });

/**
 * It may work later. `undone: true` = certain that nothing happened; false = something may have happened, so only an
 * idempotent executor runs again. `unavailable` = the provider is away, busy or greylists, and nothing happened. The
 * action is then tried for a day, less and less often, and uses up no attempt. `afterMs` is the provider's own wish
 * (Retry-After) and has the same effect.
 */
export const retry = (
  message: string,
  options: { undone: boolean; afterMs?: number; unavailable?: boolean },
): Outcome => ({
  kind: 'retry',
  message,
  ...options,
});

/** It may have happened. Never repeated automatically. */
export const unknown = (message: string): Outcome => ({ kind: 'unknown', message });

export type GuardResult =
  | { kind: 'ok' }
  /** What the approver saw has changed: the action returns to review, with the change. */
  | { kind: 'stale'; changes: string[] }
  | { kind: 'refused'; message: string }
  | { kind: 'later'; message: string; afterMs: number };

export type Reconciliation = { kind: 'done'; result: JsonObject } | { kind: 'not_done' } | { kind: 'unknown' };

/**
 * Checks the types of an executor's parts against each other, then drops the type of its params. Everyone else holds
 * params as JSON that passed `executor.params`, which makes the cast safe.
 */
export function defineExecutor<P extends object>(executor: Executor<P>): Executor {
  return executor as unknown as Executor;
}
