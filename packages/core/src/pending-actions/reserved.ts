// Where a call belongs, which an agent may repeat in a tool's input: it must say what the row says. Held by
// pending-actions-create.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { AppError } from '../errors.ts';

const RESERVED = {
  workspace_id: 'workspaceId',
  workspaceId: 'workspaceId',
  mission_id: 'missionId',
  missionId: 'missionId',
  session_id: 'sessionId',
  sessionId: 'sessionId',
} as const;
type Reserved = keyof typeof RESERVED;

const reservedIn = (input: JsonObject): Reserved[] =>
  (Object.keys(RESERVED) as Reserved[]).filter((name) => Object.hasOwn(input, name));

function refuse(path: string, names: readonly string[], message: string): void {
  if (names.length === 0) return;
  const details = names.map((name) => ({ path: `${path}.${name}`, message }));
  throw new AppError('INVALID', details.map((detail) => `${detail.path} ${message}`).join('; '), details);
}

/** A reviewer's edits do not move a call elsewhere. Throws INVALID at each such field. */
export function refuseReserved(edits: JsonObject = {}, path = 'userEdits'): void {
  refuse(path, reservedIn(edits), 'says where the call belongs, and is not edited');
}

/** Throws INVALID where the input says that the call belongs elsewhere than it does. */
export function demandSame(input: JsonObject, place: Partial<Record<(typeof RESERVED)[Reserved], string>>): void {
  const differs = (name: Reserved): boolean => {
    const said = input[name] ?? undefined;
    const is = place[RESERVED[name]];
    return said !== is && !(typeof said === 'string' && RESERVED[name] !== 'sessionId' && said.toLowerCase() === is);
  };
  refuse('toolInput', reservedIn(input).filter(differs), 'is not the one that the call belongs to');
}

export const withoutReserved = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([name]) => !Object.hasOwn(RESERVED, name)));
