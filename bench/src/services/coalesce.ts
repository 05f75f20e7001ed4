interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** Group commit: `run` gets all that came while the last one was under way. Nothing waits when nothing is under way. */
export function coalesce<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  { itemsMax = 200, lanes = 2 } = {},
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let running = 0;
  let scheduled = false;
  const flush = async (): Promise<void> => {
    if (running >= lanes || waiting.length === 0) return;
    running += 1;
    const batch = waiting.splice(0, itemsMax);
    try {
      const answers = await run(batch.map(({ item }) => item));
      for (const [n, { resolve }] of batch.entries()) resolve(answers[n] as Answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    running -= 1;
    if (waiting.length > 0) setImmediate(() => void flush());
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        void flush();
      });
    });
}
