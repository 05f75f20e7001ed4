// What was cleared is what runs: after the claim, the hash of what was approved is computed again from the row.
import type { Failure, JsonObject, Provider } from '@proviso/contracts';
import { renderPreview } from '../executors/render-preview.ts';
import { clearedHash } from '../executors/cleared-hash.ts';
import { effectiveParams, type ActionRow } from '../action/row.ts';
import { credentialsAad } from '../identities/associated-data.ts';
import { findIdentity } from '../identities/find.ts';
import { recordsOf } from '../crm/records.ts';
import { openSecret } from '../platform/secrets.ts';
import { toolSecretAad } from '../tools/associated-data.ts';
import { findExecutor } from '../tools/find-executor.ts';
import { toolVersionOf } from '../executors/tool.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { identities } from '../generated/client.ts';
import type { Executor, LookupContext, IdentityView } from '../executors/executor.ts';
import type { Worker } from './worker.ts';

/** A claimed action that may run now, with everything that its executor needs. */
export interface Ready extends LookupContext {
  kind: 'ready';
  executor: Executor;
  params: JsonObject;
  credentials: JsonObject | null;
  /** The row behind `identity`, if the executor acts through one. */
  actsThrough?: identities;
}

const failed = (code: Failure, message: string): RunResult => ({ kind: 'failed', code, message });

/**
 * Loads the cleared params, the identity and its credentials. Returns a result if one of them is not what was cleared.
 */
export async function load(worker: Worker, action: ActionRow): Promise<Ready | RunResult> {
  const executor = await findExecutor(worker, action.workspace_id, action.type);
  if (!executor) return failed('invalid_params', `No executor or tool runs the type ${action.type} any more.`);
  const { identity_id } = action;
  const row = (identity_id && (await findIdentity(worker.db, action.workspace_id, identity_id))) || null;
  const mismatch = findMismatch(worker, action, row?.config_version ?? null);
  if (mismatch) return mismatch;
  if (toolVersionOf(executor) !== action.tool_version) return returnForChangedTool(worker, executor, action);
  const parsed = await executor.params.safeParseAsync(effectiveParams(action));
  // A tool's params passed this version of its schema when they were cleared, so only the time limit can fail them.
  if (!parsed.success && executor.tool)
    return {
      kind: 'retry',
      undone: true,
      message: `The params could not be validated in time by the schema of ${action.type}.`,
    };
  if (!parsed.success) return failed('invalid_params', `The params no longer match the schema of ${action.type}.`);
  const records = recordsOf(worker.db, action.workspace_id);
  const identity: IdentityView | null = row && {
    id: row.id,
    provider: row.provider as Provider,
    name: row.name,
    config: row.config as JsonObject,
    account: row.account,
  };
  const ready: Ready = {
    kind: 'ready',
    workspaceId: action.workspace_id,
    executor,
    params: parsed.data,
    records,
    identity,
    credentials: null,
    openCredentials: async () => null,
  };
  if (executor.tool)
    return withCredentials(worker, ready, executor.tool.secret, toolSecretAad(action.workspace_id, action.type));
  if (executor.identity === 'none') return ready;
  if (!row || row.deleted_at || row.status === 'disabled')
    return failed('identity_unavailable', 'The identity is disabled or deleted.');
  const acting = { ...ready, actsThrough: row };
  return row.credentials ? withCredentials(worker, acting, row.credentials, credentialsAad(row.id)) : acting;
}

/** Adds the credentials that the run needs. */
function withCredentials(worker: Worker, ready: Ready, sealed: string, place: string): Ready | RunResult {
  try {
    const credentials = openSecret(worker.secrets, sealed, place);
    return { ...ready, credentials, openCredentials: async () => credentials };
  } catch {
    worker.log.error({ place, alert: 'secret_keys' }, 'credentials cannot be decrypted with PROVISO_SECRET_KEYS');
    // Another worker may have the right keys, or this one after a restart.
    return {
      kind: 'retry',
      undone: true,
      message: 'This worker cannot decrypt the credentials. Check its PROVISO_SECRET_KEYS.',
    };
  }
}

/** The tool changed, so a person has to see the current preview: the next approval is for the tool as it is now. */
async function returnForChangedTool(worker: Worker, executor: Executor, action: ActionRow): Promise<RunResult> {
  const { workspace_id: workspaceId } = action;
  const records = recordsOf(worker.db, workspaceId);
  const lookup = { workspaceId, records, identity: null, openCredentials: async () => null }; // a tool has no account
  const rendered = await renderPreview(executor, effectiveParams(action), lookup);
  const change = { ...rendered, revision: action.revision + 1 };
  return { kind: 'stale', reason: 'tool_changed', changes: ['tool'], change };
}

function findMismatch(worker: Worker, action: ActionRow, identityVersion: number | null): RunResult | undefined {
  if (clearedHash({ ...action, identity_version: identityVersion }, worker.executors) === action.cleared_hash)
    return undefined;
  const asCleared = clearedHash({ ...action, identity_version: action.cleared_identity_version }, worker.executors);
  if (asCleared === action.cleared_hash) return { kind: 'stale', reason: 'identity_changed', changes: ['identity'] };
  worker.log.error({ action: action.id, alert: 'approval_mismatch' }, 'what would run is not what was cleared');
  return failed('approval_mismatch', 'What would run is not what was approved. Nothing was done.');
}
