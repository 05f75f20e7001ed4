/** One message of a text/event-stream. */
export interface ServerEvent {
  /** For `Last-Event-ID`; empty before the first message that has one. */
  id: string;
  name: string;
  data: string;
}

/** What a stream sends: messages, the requested reconnection delay, and signs of life. */
export type StreamItem = { event: ServerEvent } | { retryMs: number } | { alive: true };

/** Parses a text/event-stream by the HTML standard: any line ending, fields on several lines, comments. */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  lastEventId = '',
): AsyncGenerator<StreamItem, void> {
  let id = lastEventId;
  let name = '';
  let data: string[] = [];
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (data.length > 0) yield { event: { id, name: name || 'message', data: data.join('\n') } };
      name = '';
      data = [];
      continue;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) yield { retryMs: Number(value) };
    else yield { alive: true };
  }
}

/** Drops a message that the end of the stream cuts off, and its last line. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const ending = /\r\n|\n|\r(?!$)/g; // a final CR may be half of a CRLF
    let from = 0;
    for (const { 0: end, index } of rest.matchAll(ending)) {
      yield rest.slice(from, index);
      from = index + end.length;
    }
    rest = rest.slice(from);
  }
}
