/**
 * An event's position in the feed: its transaction, and its number within it. Clients get it as text and send it back.
 */
export interface FeedCursor {
  transaction: bigint;
  number: bigint;
}

export const formatFeedCursor = ({ transaction, number }: FeedCursor): string => `${transaction}-${number}`;

/** Parses what `formatFeedCursor` wrote; undefined = it is not a cursor. */
export function parseFeedCursor(text: string): FeedCursor | undefined {
  const [, transaction, number] = /^(\d{1,18})-(\d{1,18})$/.exec(text) ?? [];
  return transaction && number ? { transaction: BigInt(transaction), number: BigInt(number) } : undefined;
}

export const isAfter = (one: FeedCursor, other: FeedCursor): boolean =>
  one.transaction === other.transaction ? one.number > other.number : one.transaction > other.transaction;
