// The context of a call, which an agent may repeat in a tool's input. It must match the row, whatever the tool's schema
// says. Only a workspace's tool sees it. Held by reserved-fields.test.ts, for both dialects.
import type { JsonObject } from '@proviso/contracts';
import { AppError } from '../platform/errors.ts';

const CONTEXT_FIELDS = {
  workspace_id: 'workspaceId',
  workspaceId: 'workspaceId',
  mission_id: 'missionId',
  missionId: 'missionId',
  session_id: 'sessionId',
  sessionId: 'sessionId',
} as const;
type Field = keyof typeof CONTEXT_FIELDS;
/** The context of a row; a field that it lacks is null or absent. */
export type CallContext = Partial<Record<(typeof CONTEXT_FIELDS)[Field], string | null | undefined>>;

/** Throws INVALID if params name another context than the row's. */
export function assertCallContext(params: JsonObject, context: CallContext): void {
  const differs = (field: Field): boolean => {
    const value = params[field] ?? null;
    const isId = CONTEXT_FIELDS[field] !== 'sessionId';
    return (
      (typeof value === 'string' && isId ? value.toLowerCase() : value) !== (context[CONTEXT_FIELDS[field]] ?? null)
    );
  };
  refuse('params', reservedIn(params).filter(differs), 'does not match the call: leave it out');
}

export const callContextOf = (row: {
  workspace_id: string;
  mission_id: string | null;
  session_id: string | null;
}): CallContext => ({
  workspaceId: row.workspace_id,
  missionId: row.mission_id,
  sessionId: row.session_id,
});

/** A reviewer's edits cannot change the context. Throws INVALID at each such field. */
export const refuseReserved = (edits: JsonObject = {}): void =>
  refuse('edits', reservedIn(edits), 'says where the call belongs and cannot be edited: leave it out');

/**
 * The input without its context: a tool's schema need not describe those fields, and a built-in type does not get them.
 */
export const withoutReserved = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([field]) => !Object.hasOwn(CONTEXT_FIELDS, field)));

const reservedIn = (input: JsonObject): Field[] =>
  (Object.keys(CONTEXT_FIELDS) as Field[]).filter((field) => Object.hasOwn(input, field));

function refuse(path: 'params' | 'edits', fields: readonly string[], message: string): void {
  if (fields.length === 0) return;
  const details = fields.map((field) => ({ path: `${path}.${field}`, message }));
  throw new AppError('INVALID', details.map((detail) => `${detail.path}: ${message}`).join('; '), details);
}
