// Many proposals of one type as one template and a table of what varies. Held by apps/inbox/test/unit/template.test.ts.
import type { Action, JsonObject, JsonValue } from '@proviso/contracts';
import { leavesOf } from '../card/uncovered.ts';
import { asText } from '../waiting/preview-text.ts';
import { align } from './align.ts';
import { flagsOf, type Flag } from './flags.ts';

interface Column {
  /** Stays the same while rows come and go: the param, the words before it, and the place among those of that name. */
  key: string;
  /** The param that it is in. */
  path: string;
  name: string;
}

/** A param as the template shows it: what all say, and between it the columns. */
export interface Part {
  path: string;
  pieces: (string | { column: number })[];
}

export interface Row {
  action: Action;
  /** Null = this row’s text has another structure. */
  cells: (string | null)[];
  flags: Flag[];
}

export interface Template {
  parts: Part[];
  columns: Column[];
  /** What stands out first. */
  rows: Row[];
}

export interface Known {
  /** Addresses that were written to before; null = not known. */
  recipients: ReadonlySet<string> | null;
}

const NAME_WORDS_MAX = 3;
/** Params that say who gets it. */
const RECIPIENT_PATHS = ['email', 'to', 'contact_id', 'channel', 'linkedin_url'];

export function templateOf(actions: Action[], known: Known = { recipients: null }): Template {
  const leaves = actions.map(({ params }) => new Map(leavesOf(params).map(({ path, value }) => [path, value])));
  const model = leaves[medoid(leaves)] ?? new Map<string, JsonValue>();
  const paths = orderOf(new Set([...model.keys(), ...leaves.flatMap((each) => [...each.keys()])]));
  const parts: Part[] = [];
  const columns: Column[] = [];
  const cells: (string | null)[][] = actions.map(() => []);
  for (const path of paths) {
    const texts = leaves.map((each) => asText(each.get(path)));
    const { commons, cells: found } = isText(model.get(path)) ? align(asText(model.get(path)), texts) : wholes(texts);
    const pieces: Part['pieces'] = [];
    for (const [at, common] of commons.entries()) {
      const varies = at > 0 && found.some((row) => row === null || row[at - 1] !== '');
      if (varies) {
        pieces.push({ column: columns.length });
        const name = nameOf(path, commons[at - 1] ?? '');
        const namesakes = columns.filter((column) => column.path === path && column.name === name).length;
        columns.push({ key: `${path} ${name} ${namesakes}`, path, name });
        for (const [row, values] of found.entries()) cells[row]?.push(values?.[at - 1] ?? null);
      }
      if (common) pieces.push(common);
    }
    parts.push({ path, pieces });
  }
  const flags = flagsOf({ actions, columns, cells, known, isRecipient: (path) => RECIPIENT_PATHS.includes(path) });
  const rows = actions.map((action, at) => ({ action, cells: cells[at] ?? [], flags: flags[at] ?? [] }));
  return { parts, columns, rows: rows.toSorted((one, other) => other.flags.length - one.flags.length) };
}

const isText = (value: JsonValue | undefined): boolean => typeof value === 'string' && /\s/.test(value.trim());

/** A value other than a text of several words is either the same in all rows or a column. */
function wholes(texts: string[]): ReturnType<typeof align> {
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return { commons: [first], cells: texts.map(() => []) };
  return { commons: ['', ''], cells: texts.map((text) => [text]) };
}

function orderOf(paths: Set<string>): string[] {
  const rank = (path: string): number => {
    if (RECIPIENT_PATHS.includes(path.split('.')[0] ?? path)) return 0;
    return path === 'subject' ? 1 : 2;
  };
  return [...paths].toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

/** By the words before it in its sentence, or the param where there are none. */
function nameOf(path: string, before: string): string {
  const sentence = before.split(/[\n.!?:;]/u).at(-1) ?? '';
  const words = sentence.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.length > 0 ? `${words.slice(-NAME_WORDS_MAX).join(' ')} …` : path;
}

const MODEL_ROWS_MAX = 200;

/** The one that has most in common with the others. */
function medoid(leaves: Map<string, JsonValue>[]): number {
  const sets = leaves
    .slice(0, MODEL_ROWS_MAX)
    .map((each) => new Set([...each.values()].flatMap((value) => asText(value).split(/\s+/u))));
  let [best, most] = [0, -1];
  for (const [at, set] of sets.entries()) {
    let score = 0;
    for (const other of sets) score += likeness(set, other);
    if (score > most) [best, most] = [at, score];
  }
  return best;
}

function likeness(one: Set<string>, other: Set<string>): number {
  let shared = 0;
  for (const word of one) if (other.has(word)) shared++;
  return shared / (one.size + other.size - shared || 1);
}

/** A common piece by where it stands: the index of its part, and in that the index of the piece. */
export const pieceId = (part: number, piece: number): string => `${part}.${piece}`;

interface Overwritten {
  before: string;
  text: string;
}

/** What was written over the template: into cells of one row, and over what all rows have in common. */
export interface Written {
  /** By column key. */
  cells: Readonly<Record<string, Overwritten>>;
  /** By piece id. */
  commons: Readonly<Record<string, Overwritten>>;
}

/** Only over the words that it was written for: where the template has changed since, it does not count. */
export function writtenOver(written: Readonly<Record<string, Overwritten>>, id: string, before: string): string {
  const over = written[id];
  return over?.before === before ? over.text : before;
}

/** The edits that put other words into a row. A param that has another structure in it stays as it is. */
export function editsOfRow({ parts, columns }: Template, { action, cells }: Row, written: Written): JsonObject {
  const edits: JsonObject = {};
  const cellText = (column: number): string =>
    writtenOver(written.cells, columns[column]?.key ?? '', cells[column] ?? '');
  for (const [at, { path, pieces }] of parts.entries()) {
    const isWritten = pieces.some((piece, place) =>
      typeof piece === 'string'
        ? writtenOver(written.commons, pieceId(at, place), piece) !== piece
        : cellText(piece.column) !== (cells[piece.column] ?? ''),
    );
    const hasOtherStructure = columns.some((column, index) => column.path === path && cells[index] === null);
    if (!isWritten || hasOtherStructure) continue;
    const text = pieces
      .map((piece, place) =>
        typeof piece === 'string' ? writtenOver(written.commons, pieceId(at, place), piece) : cellText(piece.column),
      )
      .join('');
    const [top = '', ...inside] = path.split('.');
    edits[top] = withValue(edits[top] ?? action.params[top] ?? null, inside, text);
  }
  return edits;
}

/** The type of what was there stays. */
function withType(before: JsonValue, text: string): JsonValue {
  if (typeof before === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function withValue(whole: JsonValue, [key, ...inside]: string[], text: string): JsonValue {
  if (key === undefined) return withType(whole, text);
  if (Array.isArray(whole)) return whole.with(Number(key), withValue(whole[Number(key)] ?? null, inside, text));
  const object = typeof whole === 'object' && whole !== null ? whole : {};
  return { ...object, [key]: withValue(object[key] ?? null, inside, text) };
}
