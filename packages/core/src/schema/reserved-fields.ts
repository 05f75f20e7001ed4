// Where a call belongs, which an agent may repeat in a tool's input: it must say what the row says, whatever the tool's
// schema describes. No executor but a workspace's tool sees it. Held by reserved-fields.test.ts, for both dialects.
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
/** Where a row belongs; what it has not is null or absent. */
export type CallContext = Partial<Record<(typeof CONTEXT_FIELDS)[Field], string | null | undefined>>;

/** Throws INVALID if params say that the call belongs elsewhere than it does. */
export function assertCallContext(params: JsonObject, context: CallContext): void {
  const differs = (field: Field): boolean => {
    const said = params[field] ?? null;
    const isId = CONTEXT_FIELDS[field] !== 'sessionId';
    return (typeof said === 'string' && isId ? said.toLowerCase() : said) !== (context[CONTEXT_FIELDS[field]] ?? null);
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

/** A reviewer's edits do not move a call elsewhere. Throws INVALID at each such field. */
export const refuseReserved = (edits: JsonObject = {}): void =>
  refuse('edits', reservedIn(edits), 'says where the call belongs and cannot be edited: leave it out');

/** The input itself: a tool's schema need not describe where a call belongs, and a built-in type is not told. */
export const withoutReserved = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([field]) => !Object.hasOwn(CONTEXT_FIELDS, field)));

const reservedIn = (input: JsonObject): Field[] =>
  (Object.keys(CONTEXT_FIELDS) as Field[]).filter((field) => Object.hasOwn(input, field));

function refuse(path: 'params' | 'edits', fields: readonly string[], message: string): void {
  if (fields.length === 0) return;
  const details = fields.map((field) => ({ path: `${path}.${field}`, message }));
  throw new AppError('INVALID', details.map((detail) => `${detail.path}: ${message}`).join('; '), details);
}
