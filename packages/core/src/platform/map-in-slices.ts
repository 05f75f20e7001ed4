import { nextSlice } from './time-slice.ts';

/** Maps in order; other work of the process comes in between items. */
export async function mapInSlices<Item, Made>(items: Iterable<Item>, map: (item: Item) => Made): Promise<Made[]> {
  const made: Made[] = [];
  for (const item of items) {
    await nextSlice();
    made.push(map(item));
  }
  return made;
}
