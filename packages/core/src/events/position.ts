/** Where an event stands in the feed: its transaction, and its number within it. Clients get it as text, and give it back. */
export interface Position {
  transaction: bigint;
  number: bigint;
}

export const showPosition = ({ transaction, number }: Position): string => `${transaction}-${number}`;

/** The position that `showPosition` wrote; undefined = it wrote no such text. */
export function readPosition(text: string): Position | undefined {
  const [, transaction, number] = /^(\d{1,18})-(\d{1,18})$/.exec(text) ?? [];
  return transaction && number ? { transaction: BigInt(transaction), number: BigInt(number) } : undefined;
}

export const isAfter = (one: Position, other: Position): boolean =>
  one.transaction === other.transaction ? one.number > other.number : one.transaction > other.transaction;
