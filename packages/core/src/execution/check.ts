import { changedFields, renderPreview } from '../executors/render-preview.ts';
import { assertNoTransaction } from '../platform/db.ts';
import { isDatabaseError } from '../platform/database-errors.ts';
import { AppError } from '../platform/errors.ts';
import type { Ready } from './load.ts';
import type { RunResult } from '../executors/run-result.ts';
import type { Run } from './run.ts';

/** Asks the provider whether the params still mean what was approved, and the executor's guard whether they may run. */
export async function check(run: Run, ready: Ready): Promise<Ready | RunResult> {
  try {
    return (await findRedefinition(run, ready)) ?? (await runGuard(run, ready));
  } catch (error) {
    if (isDatabaseError(error)) throw error;
    // The current state of the target could not be looked up.
    if (error instanceof AppError && error.code === 'UNAVAILABLE')
      return { kind: 'retry', undone: true, unavailable: true, message: error.message };
    run.worker.log.error({ err: error, action: run.action.id }, 'a guard threw');
    return { kind: 'retry', undone: true, message: 'The guard could not tell whether the action may run.' };
  }
}

async function runGuard({ action }: Run, ready: Ready): Promise<Ready | RunResult> {
  const { executor, params, workspaceId, records, identity, openCredentials } = ready;
  if (!executor.guard) return ready;
  assertNoTransaction(`The provider of ${executor.type}`);
  const approvedAt = new Date(action.approval?.at ?? action.created_at);
  const verdict = await executor.guard(params, { workspaceId, records, identity, openCredentials, approvedAt });
  switch (verdict.kind) {
    case 'ok':
      return ready;
    case 'stale':
      return { kind: 'stale', reason: 'stale', changes: verdict.changes };
    case 'later':
      return verdict;
    case 'refused':
      return { kind: 'failed', code: 'guard_refused', message: verdict.message };
  }
}

/** Finds whether the provider now defines the params differently. Then a person has to see the current preview. */
async function findRedefinition({ action }: Run, ready: Ready): Promise<RunResult | undefined> {
  if (!ready.executor.definition) return undefined;
  const stale = { kind: 'stale', reason: 'tool_changed' } as const;
  try {
    const rendered = await renderPreview(ready.executor, ready.params, ready);
    if (rendered.definition_hash === action.definition_hash) return undefined;
    const changes = changedFields(action.preview, rendered.preview);
    return { ...stale, changes, change: { ...rendered, revision: action.revision + 1 } };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'INVALID')) throw error;
    const isOfParams = error.details.every(({ path }) => path.startsWith('params'));
    if (isOfParams) return { ...stale, changes: [error.message] };
    return { kind: 'retry', undone: true, message: error.message }; // the identity's: its credentials, say
  }
}
