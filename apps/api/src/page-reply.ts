import type { Page } from '@proviso/core';

/** A list's reply: the rows under their plural, with the position of the page. */
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
