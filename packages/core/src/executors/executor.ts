import type { Approval, JsonObject, JsonValue, Preview, Provider, StatusReason } from '@proviso/contracts';
import type { z } from 'zod';
import type { ReadableRecords, WritableRecords } from './records.ts';

/**
 * What may happen after a worker is lost in the middle of a run:
 * - transactional: the effect is in our own database and commits with the completion; run it again.
 * - idempotent: the provider de-duplicates on `ctx.key`; run it again within `keyLifetimeMs`.
 * - at_most_once: never run again once `ctx.begin()` has returned; `reconcile` may settle it.
 */
export type Delivery = 'transactional' | 'idempotent' | 'at_most_once';

export interface Executor<P extends object = JsonObject> {
  type: string;
  /** Increase it when the same params would do something else: it is part of what is approved. */
  version: number;
  /** A function where it depends on the params or on the identity's config. */
  delivery: Delivery | ((params: P, identity: IdentityView | null) => Delivery);
  /** The provider that it acts through; 'none' accepts any identity and uses none. */
  identity: Provider | 'none';
  /** Validated at create, at every edit and again after the claim. Strict; asynchronous where it is a workspace's tool. */
  params: z.ZodType<P>;
  /** Set by the core = a workspace's tool: the version that is part of what is approved, and its sealed secret. */
  tool?: { version: number; secret: string };
  /** Every proposal waits for a person, whoever proposes it and whatever an agent's settings; decided one by one. */
  alwaysAsks?: true;
  /** Params that only a reviewer's edits set. */
  reviewerFields?: readonly (keyof P & string)[];
  /** Params that only `resolve` sets: what the preview says of them was looked up, and not claimed. */
  resolvedFields?: readonly (keyof P & string)[];
  /** From the guard’s yes to an outcome; 60 s when absent. */
  timeoutMs?: number;
  /**
   * How many run at a time in one process, unless its operator configures it; three quarters of the slots when absent.
   */
  concurrency?: number;
  /** How long the provider remembers `ctx.key` (idempotent only). */
  keyLifetimeMs?: number;
  /**
   * Params that say the same in another form, such as HTML beside a text: a reviewer's edit of the one alone takes the
   * others out, so that what was edited is what is read.
   */
  restatedIn?: Readonly<Partial<Record<keyof P & string, readonly (keyof P & string)[]>>>;
  /** Params on which resolved fields depend: a change of one drops and resolves them again. */
  resolvesFrom?: readonly (keyof P & string)[];
  /**
   * Returns the missing fields, looked up before review, so that people approve final values.
   * Throws AppError INVALID with a path below `params` when a field can neither be found nor given.
   */
  resolve?(given: P, ctx: LookupContext): Promise<Partial<P>>;
  /** What the preview shows of the records as they stand at the proposal; neither params nor part of the hash. */
  readCurrent?(params: P, ctx: LookupContext): Promise<JsonObject>;
  /**
   * Of what `readCurrent` returned, what the provider says that the params mean, such as a tool's schema: it is part of
   * what is approved. After the claim it is looked at again, and a change sends the action back to a person as
   * `tool_changed`. A change of the preview without a change of this is only wording: it is shown, and asks a person
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
  /** The preview, rendered from final params, the identity's shown part and what `readCurrent` returned (nothing without it); pure. */
  preview(params: P, ctx: { identity: IdentityView | null; current?: JsonObject }): Preview;
  /** Runs after the claim and before `execute`: is what was approved still right? Absent = ok. */
  guard?(params: P, ctx: LookupContext & { approvedAt: Date }): Promise<GuardResult>;
  execute(ctx: RunContext<P>): Promise<Outcome>;
  /** After a lost worker whose effect may have begun and is not to be repeated: looks at the provider. Absent = unknown. */
  reconcile?(ctx: Omit<RunContext<P>, 'begin'> & { begunAt: Date }): Promise<Reconciliation>;
}

/** An identity without its secrets. */
export interface IdentityView {
  id: string;
  provider: Provider;
  name: string;
  config: JsonObject;
  /** As the last verification found it; null = it has not been verified with these credentials. */
  account?: string | null;
}

export interface LookupContext {
  /** The workspace whose turn it uses. */
  workspaceId: string;
  /** Looks up records of the action's workspace only. */
  records: ReadableRecords;
  identity: IdentityView | null;
  /**
   * The identity's secrets, for looking at the provider's side; null when it has none. Never log them.
   * Throws AppError UNAVAILABLE when this process has no key for them.
   */
  openCredentials: () => Promise<JsonObject | null>;
}

export interface RunContext<P> extends Omit<LookupContext, 'openCredentials' | 'workspaceId'> {
  action: {
    id: string;
    workspaceId: string;
    /** What it was proposed in, if it was. */
    missionId?: string | null;
    sessionId?: string | null;
    params: P;
    attempt: number;
    /** The decision that cleared it; null = cleared automatically. */
    approval: Approval | null;
  };
  /** The identity's or the tool's, opened for this run only; never log it. Null when there are none. */
  credentials: JsonObject | null;
  /** For the provider's de-duplication: the same for every attempt of this action with these params. */
  key: string;
  /** Aborts on timeout or when the lease is lost. */
  signal: AbortSignal;
  /**
   * Commits "the effect may have begun" under the fence. Await it right before the effect. It throws when this
   * worker no longer holds the action: then do nothing, and let the error pass.
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

/** It happened. `write` commits in one transaction with the completion: there a transactional executor has its effect. */
export const done = (result: JsonObject, write?: Write): Outcome =>
  write ? { kind: 'done', result, write } : { kind: 'done', result };

/** A person has to do it, and `write` tells them, for example as a task: the action completes as `handed_to_person`. */
export const handedToPerson = (result: JsonObject, write: Write): Outcome => ({
  kind: 'done',
  result,
  write,
  reason: 'handed_to_person',
});

/** It did not happen and would not if repeated. */
export const refused = (message: string): Outcome => ({ kind: 'refused', message });

/**
 * It may work later. `undone: true` = certain that nothing happened; false = perhaps it did, so that only an idempotent
 * executor is run again. `unavailable` = the provider is away, busy or greylists, and nothing happened: it is tried for
 * a day, less and less often, and uses up no attempt. `afterMs` is the provider's own wish (Retry-After), and means the
 * same.
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
 * Types the parts of an executor against each other, then forgets its params' type: everyone else holds params as JSON
 * that has passed `executor.params`, which is what makes the cast true.
 */
export function defineExecutor<P extends object>(executor: Executor<P>): Executor {
  return executor as unknown as Executor;
}
