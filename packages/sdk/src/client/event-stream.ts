/** One message of a text/event-stream. */
export interface ServerEvent {
  /** As `Last-Event-ID` takes it; empty before the first that has one. */
  id: string;
  name: string;
  data: string;
}

/** What a stream says: its messages, the pause that it asks for, and that it is alive. */
export type Heard = { event: ServerEvent } | { retryMs: number } | { alive: true };

/** Reads a text/event-stream as the HTML standard says: any line ending, fields on several lines, comments. */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  lastEventId = '',
): AsyncGenerator<Heard, void> {
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

/** A message that is cut off by the end of the stream is dropped, and so is its last line. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    const ending = /\r\n|\n|\r(?!$)/g; // a CR at the very end may be half of a CRLF
    let from = 0;
    for (const { 0: end, index } of rest.matchAll(ending)) {
      yield rest.slice(from, index);
      from = index + end.length;
    }
    rest = rest.slice(from);
  }
}
