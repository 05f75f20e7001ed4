import { hashJson } from '../platform/canonical.ts';
import type { Registry } from './registry.ts';
import { effectiveParams, type ActionRow } from '../action/row.ts';

type Hashed = Pick<
  ActionRow,
  | 'type'
  | 'tool_version'
  | 'definition_hash'
  | 'identity_id'
  | 'identity_version'
  | 'params'
  | 'user_edits'
  | 'scheduled_time'
>;

/**
 * SHA-256, hex, of everything that an approval is bound to, as canonical JSON. That is the type, executor version,
 * identity with its public config, tool version, effective params and requested time. `/v1` shows it as `params_hash`,
 * an approval stores it, and load.ts computes it again from the row before anything runs.
 */
export const clearedHash = (row: Hashed, executors: Registry): string =>
  hashJson({
    type: row.type,
    executor_version: (row.tool_version === null ? executors.get(row.type) : executors.tools)?.version ?? null,
    identity_id: row.identity_id,
    identity_version: row.identity_version,
    tool_version: row.tool_version,
    definition_hash: row.definition_hash,
    params: effectiveParams(row),
    scheduled_time: row.scheduled_time?.toISOString() ?? null,
  });
