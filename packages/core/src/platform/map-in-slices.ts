import { nextSlice } from './time-slice.ts';

/** Maps in order; the process can do other work between items. */
export async function mapInSlices<Item, Made>(items: Iterable<Item>, map: (item: Item) => Made): Promise<Made[]> {
  const made: Made[] = [];
  for (const item of items) {
    await nextSlice();
    made.push(map(item));
  }
  return made;
}
