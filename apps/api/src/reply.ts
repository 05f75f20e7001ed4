import { mapInSlices, nextSlice } from '@proviso/core';
import type { Response } from 'express';

/** A smaller reply to a GET is sent in one piece, with an ETag. */
const LARGE_CHARS = 256 * 1024;
/** So many elements are written in one piece. */
const SHORT_LIST = 5;

/** JSON that is text already: a part of a reply that was sent before. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** Presents each row once. A list that contains the same row again sends the same text. */
export function presentOnce<Row extends object, Uses>(
  present: (uses: Uses, row: Row) => object,
): (uses: Uses, row: Row) => JsonText {
  const presented = new WeakMap<Row, JsonText>();
  return (uses, row) => {
    const text = presented.get(row) ?? new JsonText(JSON.stringify(present(uses, row)));
    presented.set(row, text);
    return text;
  };
}

/** Sends a reply as JSON. Builds and writes it piece by piece, so that the process can do other work in between. */
export async function sendReply(res: Response, status: number, reply: unknown): Promise<void> {
  if (!hasLongList(reply)) {
    const text = JSON.stringify(reply);
    res.status(status).type('json');
    if (['GET', 'HEAD'].includes(res.req.method) && text.length < LARGE_CHARS) return void res.send(text);
    return void res.set('Content-Length', String(Buffer.byteLength(text))).end(text);
  }
  const pieces = await piecesOf(reply);
  res.status(status).type('json');
  if (pieces.reduce((sum, piece) => sum + piece.length, 0) < LARGE_CHARS) return void res.send(pieces.join(''));
  const bytes = await mapInSlices(pieces, (piece) => Buffer.from(piece));
  res.set('Content-Length', String(bytes.reduce((sum, { length }) => sum + length, 0)));
  if (res.req.method !== 'HEAD')
    for (const piece of bytes) {
      await nextSlice();
      res.write(piece);
    }
  res.end();
}

/** A reply without one is about one record, whose size the limits of a request bound. */
const hasLongList = (reply: unknown, depth = 0): boolean =>
  Object.values(reply as object).some((field: unknown) =>
    Array.isArray(field)
      ? field.length > SHORT_LIST || field[0] instanceof JsonText
      : depth === 0 && typeof field === 'object' && field !== null && hasLongList(field, 1),
  );

const textOf = (element: unknown): string =>
  element instanceof JsonText ? element.text : (JSON.stringify(element) ?? 'null');

/** One piece for each element of the reply's lists, including lists inside an object, such as an action's log. */
async function piecesOf(value: unknown, depth = 0): Promise<string[]> {
  if (Array.isArray(value)) {
    const elements = await mapInSlices(value as unknown[], textOf);
    return ['[', ...elements.map((element, index) => (index > 0 ? `,${element}` : element)), ']'];
  }
  if (depth > 1 || typeof value !== 'object' || value === null || 'toJSON' in value) {
    await nextSlice();
    return [JSON.stringify(value)];
  }
  const pieces: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    pieces.push(`${pieces.length > 0 ? ',' : '{'}${JSON.stringify(name)}:`, ...(await piecesOf(field, depth + 1)));
  }
  return pieces.length > 0 ? [...pieces, '}'] : ['{}'];
}
