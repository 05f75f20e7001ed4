import type { Page } from '@proviso/core';

/** The reply of a list: the rows under their plural, and the page's position. */
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
