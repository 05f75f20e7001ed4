import { sql, type Sql } from './db.ts';
import { invalid } from './errors.ts';
import type { Order } from './page.ts';

/** The sort terms of the last row, and the name of their order. Opaque to callers. */
export const formatCursor = ({ name }: Pick<Order, 'name'>, terms: readonly string[]): string =>
  Buffer.from(JSON.stringify([name, ...terms])).toString('base64url');

const READABLE = {
  timestamptz: (text: string) =>
    text === 'infinity' || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/.test(text),
  uuid: (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  int4: (text: string) => /^\d{1,9}$/.test(text),
  text: (text: string) => !text.includes('\0') && text.isWellFormed(),
};

/** Selects everything after the row that a cursor of this order names; the row itself may be gone. Throws INVALID. */
export function afterCursor(order: Order, cursor: string, path = 'cursor'): Sql {
  const { name, terms } = order;
  const [mark, ...values] = partsOf(cursor);
  const fits = values.length === terms.length && terms.every(({ type }, index) => READABLE[type](values[index] ?? ''));
  if (mark !== name || !fits) throw foreignCursor(path);
  return afterTerms(order, values);
}

/** Selects everything after a row with these terms, which must be valid for their types. */
export function afterTerms({ direction, terms }: Order, values: readonly string[]): Sql {
  const row = terms.map((term) => term.sql).join(', ');
  const seen = terms.map(({ type }, index) => sql`${values[index]}::${sql.raw(type)}`);
  return sql`(${sql.raw(row)}) ${sql.raw(direction === 'desc' ? '<' : '>')} (${sql.join(seen)})`;
}

export const foreignCursor = (path = 'cursor') =>
  invalid(path, 'is not a cursor of this list in this order: start again from the first page');

function partsOf(cursor: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}
