/** One page, and where the next one begins; nothing = it was the last. */
export interface Page<Item> {
  items: readonly Item[];
  next: string | null | undefined;
}

/** Everything that a list has, page by page: a page may hold less than was asked for, and still not be the last. */
export async function* walk<Item>(read: (cursor?: string) => Promise<Page<Item>>): AsyncGenerator<Item, void> {
  let page = await read();
  yield* page.items;
  while (page.next) {
    page = await read(page.next);
    yield* page.items;
  }
}
