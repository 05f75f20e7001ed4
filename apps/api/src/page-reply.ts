import type { Page } from '@proviso/core';

/** A list's reply: the rows under their plural, and where the page stands. */
export const pageReply = <Row>(plural: string, { rows, total, limit, skip, truncated, nextCursor }: Page<Row>) => ({
  status: 'success',
  [plural]: rows,
  pagination: {
    total_items: total,
    limit,
    skip,
    ...(truncated && { truncated: true }),
    ...(nextCursor !== undefined && { next_cursor: nextCursor }),
  },
});
