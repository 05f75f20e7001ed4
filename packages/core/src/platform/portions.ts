// Processes many items in portions, with time for other work in between. A portion costs about as much as one large
// item. Held by budget.test.ts.
import { nextSlice } from './time-slice.ts';

const ITEMS_MAX = 100;
const CHARS_MAX = 256 * 1024;

/** Works on the items in order, a portion at a time; `charsOf` estimates an item's size. */
export async function inPortions<Item, Result>(
  items: readonly Item[],
  charsOf: (item: Item) => number,
  work: (portion: Item[], from: number) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  let portion: Item[] = [];
  let chars = 0;
  const close = async (): Promise<void> => {
    await nextSlice();
    for (const result of await work(portion, results.length)) results.push(result);
    [portion, chars] = [[], 0];
  };
  for (const item of items) {
    const size = charsOf(item);
    if (portion.length > 0 && (portion.length === ITEMS_MAX || chars + size > CHARS_MAX)) await close();
    portion.push(item);
    chars += size;
  }
  if (portion.length > 0) await close();
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
