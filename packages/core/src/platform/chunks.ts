// Processes many items in chunks, with time for other work in between. A chunk costs about as much as one large
// item. Held by budget.test.ts.
import { nextSlice } from './time-slice.ts';

const ITEMS_MAX = 100;
const CHARS_MAX = 256 * 1024;

/** Works on the items in order, a chunk at a time; `charsOf` estimates an item's size. */
export async function inChunks<Item, Result>(
  items: readonly Item[],
  charsOf: (item: Item) => number,
  work: (chunk: Item[], from: number) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  let chunk: Item[] = [];
  let chars = 0;
  const close = async (): Promise<void> => {
    await nextSlice();
    for (const result of await work(chunk, results.length)) results.push(result);
    [chunk, chars] = [[], 0];
  };
  for (const item of items) {
    const size = charsOf(item);
    if (chunk.length > 0 && (chunk.length === ITEMS_MAX || chars + size > CHARS_MAX)) await close();
    chunk.push(item);
    chars += size;
  }
  if (chunk.length > 0) await close();
  return results;
}

/** Estimates how much text an item contains, without serialising it. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  for (const [key, child] of Object.entries(value)) size += key.length + 4 + sizeOf(child);
  return size;
}
