/** A message of `text/event-stream`, its data parsed as JSON. */
export interface ReceivedEvent<Data> {
  id: string;
  event: string;
  data: Data;
}

export interface Listener<Data> {
  status: number;
  headers: Headers;
  /** Every message so far, in order. */
  heard: ReceivedEvent<Data>[];
  /** The bytes as they arrived. */
  text(): string;
  /** Settles when the stream ends, whoever ended it. */
  ended: Promise<void>;
  close(): void;
}

export interface ListenOptions {
  token: string;
  lastEventId?: string | undefined;
  headers?: Record<string, string>;
}

/** Listens to an address like a browser's EventSource, without reconnecting. */
export async function listen<Data>(
  address: string,
  { token, lastEventId, headers = {} }: ListenOptions,
): Promise<Listener<Data>> {
  const hangUp = new AbortController();
  const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const reply = await fetch(address, {
    headers: { authorization: `Bearer ${token}`, ...resume, ...headers },
    signal: hangUp.signal,
  });
  const heard: ReceivedEvent<Data>[] = [];
  let text = '';
  const read = async (): Promise<void> => {
    const utf8 = new TextDecoder();
    let rest = '';
    for await (const bytes of reply.body ?? []) {
      const piece = utf8.decode(bytes, { stream: true });
      text += piece;
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) heard.push(messageOf<Data>(block));
    }
  };
  const ended = read().catch(() => undefined); // a cut stream has ended too
  return { status: reply.status, headers: reply.headers, heard, text: () => text, ended, close: () => hangUp.abort() };
}

function messageOf<Data>(block: string): ReceivedEvent<Data> {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
  const { id = '', event = '', data = 'null' } = fields as Record<string, string>;
  return { id, event, data: JSON.parse(data) as Data };
}
