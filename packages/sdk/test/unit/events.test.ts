import type { ServerResponse } from 'node:http';
import { ProvisoError } from '../../src/index.ts';
import { readEventStream } from '../../src/client/event-stream.ts';
import { cutOff, json, refusal, useFakeServers } from './fake-server.ts';

const serve = useFakeServers();
beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0.01)); // in a hurry
afterEach(() => jest.restoreAllMocks());

const event = (id: string) =>
  `id: ${id}\nevent: action.created\ndata: ${JSON.stringify({ event: { event: 'action.created' }, action: { action_id: id } })}\n\n`;

/** Writes the text, and hangs up unless the stream stays open. */
const stream =
  (text: string, open = false) =>
  (res: ServerResponse) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
    if (!open) setTimeout(() => res.destroy(), 20);
  };

/** The first `count` items of a feed. */
async function take<Item>(feed: AsyncGenerator<Item, void>, count: number): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of feed) if (items.push(item) === count) break;
  return items;
}

it('resumes after the last event at every disconnect, without a gap or a new snapshot', async () => {
  const { client, seen } = await serve(
    stream(`retry: 1\n\n${event('1')}${event('2')}`),
    cutOff,
    json(503, refusal('UNAVAILABLE')),
    stream(event('3') + 'id: 4\nevent: action.created\ndata: {"cut'),
    stream(event('4'), true),
  );
  const items = await take(client().events(), 4);
  expect(items.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
  expect(items[0]).toMatchObject({ name: 'action.created', action: { action_id: '1' } });
  expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '2', '2', '2', '3']);
});

it('starts after the given event', async () => {
  const { client, seen } = await serve(stream(event('8'), true));
  await take(client().events({ lastEventId: '7' }), 1);
  expect(seen[0]?.headers).toMatchObject({ 'last-event-id': '7', accept: 'text/event-stream' });
});

it('follows the feed of pending actions of a workspace', async () => {
  const { client, seen } = await serve(stream('id: 1\nevent: briefing\ndata: {"byTool":{}}\n\n', true));
  const items = await take(client({ workspaceId: 'w-1' }).pendingActions.events({ lastEventId: '0' }), 1);
  expect(items).toEqual([{ name: 'briefing', id: '1', briefing: { byTool: {} } }]);
  expect(seen[0]).toMatchObject({
    path: '/api/pending-actions/stream?workspaceId=w-1',
    headers: { 'last-event-id': '0' },
  });
});

it('yields briefing and resync, and continues from there', async () => {
  const { client, seen } = await serve(
    stream('event: briefing\ndata: {"total":3}\n\nid: 40\nevent: resync\ndata: {}\n\n'),
    stream(event('41'), true),
  );
  const items = await take(client().events({ lastEventId: '1' }), 3);
  expect(items.slice(0, 2)).toEqual([
    { name: 'briefing', id: '1', briefing: { total: 3 } },
    { name: 'resync', id: '40' },
  ]);
  expect(seen[1]?.headers['last-event-id']).toBe('40');
});

it('replaces a silent connection', async () => {
  const { client, seen } = await serve(stream(': hello\n\n', true), stream(event('1'), true));
  expect(await take(client().events({ silenceMs: 150 }), 1)).toHaveLength(1);
  expect(seen).toHaveLength(2);
});

it('keeps a connection that shows signs of life', async () => {
  const { client, seen } = await serve((res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const beat = setInterval(() => res.write(':\n\n'), 50);
    setTimeout(() => res.write(event('1')), 500);
    res.on('close', () => clearInterval(beat));
  });
  expect(await take(client().events({ silenceMs: 300 }), 1)).toHaveLength(1);
  expect(seen).toHaveLength(1);
});

it('ends quietly when its signal aborts', async () => {
  const { client } = await serve(stream(event('1'), true));
  const stop = new AbortController();
  const ids: string[] = [];
  for await (const { id } of client().events({ signal: stop.signal })) {
    ids.push(id);
    setTimeout(() => stop.abort(), 20);
  }
  expect(ids).toEqual(['1']);
});

it('hangs up when the reader leaves', async () => {
  let hungUp: () => void;
  const left = new Promise<void>((done) => (hungUp = done));
  const { client } = await serve((res) => {
    res.on('close', () => hungUp());
    stream(event('1'), true)(res);
  });
  await take(client().events(), 1);
  await left;
});

it.each([401, 403, 404])('throws a %i at once', async (status) => {
  const { client, seen } = await serve(json(status, refusal('FORBIDDEN')));
  await expect(take(client().events(), 1)).rejects.toMatchObject({ status });
  expect(seen).toHaveLength(1);
});

it('throws the error that stops a running feed, such as a revoked token', async () => {
  const { client } = await serve(stream(event('1')), json(401, refusal('UNAUTHENTICATED')));
  await expect(take(client().events(), 2)).rejects.toBeInstanceOf(ProvisoError);
});

it('gives up a service that was never there after eight attempts', async () => {
  const { client, seen } = await serve(cutOff);
  await expect(take(client().events(), 1)).rejects.toMatchObject({ code: 'NETWORK' });
  expect(seen).toHaveLength(8);
});

describe('a text/event-stream', () => {
  const read = async (...chunks: string[]) => {
    const bytes = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
    const events: unknown[] = [];
    for await (const heard of readEventStream(bytes)) if ('event' in heard) events.push(heard.event);
    return events;
  };

  it.each([
    ['line feeds', 'id: 1\nevent: a\ndata: x\n\n'],
    ['carriage returns and line feeds', 'id: 1\r\nevent: a\r\ndata: x\r\n\r\n'],
    ['carriage returns', 'id: 1\revent: a\rdata: x\r\r\n'],
    ['no space behind the colon', 'id:1\nevent:a\ndata:x\n\n'],
    ['a byte order mark', '\uFEFFid: 1\nevent: a\ndata: x\n\n'],
  ])('may use %s, cut anywhere', async (_, text) => {
    const wanted = [{ id: '1', name: 'a', data: 'x' }];
    expect(await read(text)).toEqual(wanted);
    expect(await read(...text.split(''))).toEqual(wanted);
  });

  it('keeps the id, joins data lines, and drops what has no data', async () => {
    expect(await read('id: 1\nevent: a\n\ndata: x\ndata:\ndata: y\n\n: note\n\ndata: z\n\ndata: cut')).toEqual([
      { id: '1', name: 'message', data: 'x\n\ny' },
      { id: '1', name: 'message', data: 'z' },
    ]);
  });
});
