/** One page, and where the next one begins; without a cursor, it is the last. */
export interface Page<Item> {
  items: readonly Item[];
  next: string | null | undefined;
}

/** Yields every item of a list, page by page. A page may have fewer items than requested and still not be the last. */
export async function* paginate<Item>(read: (cursor?: string) => Promise<Page<Item>>): AsyncGenerator<Item, void> {
  let page = await read();
  yield* page.items;
  while (page.next) {
    page = await read(page.next);
    yield* page.items;
  }
}
