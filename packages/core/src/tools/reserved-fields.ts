// Where a call belongs, which an agent may repeat in a tool's input: it must say what the row says. No executor but a
// workspace's tool sees it. Held by pending-actions-create.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { AppError } from '../errors.ts';

const PLACES = {
  workspace_id: 'workspaceId',
  workspaceId: 'workspaceId',
  mission_id: 'missionId',
  missionId: 'missionId',
  session_id: 'sessionId',
  sessionId: 'sessionId',
} as const;
type Field = keyof typeof PLACES;
type Place = (typeof PLACES)[Field];

/** Throws INVALID where an input says that the call belongs elsewhere than it does. */
export function demandPlace(input: JsonObject, place: Partial<Record<Place, string | undefined>>): void {
  const differs = (field: Field): boolean => {
    const said = input[field] ?? undefined;
    const isId = PLACES[field] !== 'sessionId';
    return (typeof said === 'string' && isId ? said.toLowerCase() : said) !== place[PLACES[field]];
  };
  refuse('toolInput', reservedIn(input).filter(differs), 'is not where the call belongs');
}

/** A reviewer's edits do not move a call elsewhere. Throws INVALID at each such field. */
export const refuseReserved = (edits: JsonObject = {}): void =>
  refuse('userEdits', reservedIn(edits), 'says where the call belongs, and is not edited');

/** The input itself: a tool's schema need not describe where a call belongs, and a built-in type is not told. */
export const withoutReserved = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([field]) => !Object.hasOwn(PLACES, field)));

const reservedIn = (input: JsonObject): Field[] =>
  (Object.keys(PLACES) as Field[]).filter((field) => Object.hasOwn(input, field));

function refuse(path: string, fields: readonly string[], message: string): void {
  if (fields.length === 0) return;
  const details = fields.map((field) => ({ path: `${path}.${field}`, message }));
  throw new AppError('INVALID', details.map((detail) => `${detail.path}: ${message}`).join('; '), details);
}
