/** A page of a list, and how many rows match in all. */
export interface Page<Row> {
  rows: Row[];
  total: number;
  limit: number;
  skip: number;
}

/** Counts and reads a page of a table. */
export async function readPage<Row, Shown>(
  { limit, skip }: { limit: number; skip: number },
  find: (window: { take: number; skip: number }) => Promise<Row[]>,
  count: () => Promise<number>,
  show: (row: Row) => Shown,
): Promise<Page<Shown>> {
  const [rows, total] = await Promise.all([find({ take: limit, skip }), count()]);
  return { rows: rows.map(show), total, limit, skip };
}
