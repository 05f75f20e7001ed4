import type { JsonObject } from '@proviso/contracts';
import { startHttpFake, type FakeReply, type FakeRequest, type HttpFake } from './http-fake.ts';

export interface FakeChannel {
  id: string;
  name: string;
  archived?: boolean;
  /** True by default; without it a message is refused with not_in_channel. */
  member?: boolean;
}

export interface PostedMessage {
  channel: string;
  ts: string;
  text: string;
  metadata: JsonObject | null;
}

export interface SlackFake extends HttpFake {
  /** In the order of arrival; a message is here before its reply is sent. */
  readonly posted: PostedMessage[];
  /** The token may only post: histories and lists answer missing_scope. */
  forbidReading(): void;
}

export interface SlackFakeOptions {
  token: string;
  channels?: FakeChannel[];
  /** Items per page, whatever the client asks for. */
  pageSize?: number;
}

type Parameters = URLSearchParams;
type Method = (parameters: Parameters) => JsonObject;

const refusal = (error: string): JsonObject => ({ ok: false, error });

/**
 * The part of Slack's Web API that an executor uses: form-encoded calls, `ok: false` with a code, cursors, metadata.
 */
export async function startSlackFake(options: SlackFakeOptions): Promise<SlackFake> {
  const { token, channels = [{ id: 'C024BE91L', name: 'general' }], pageSize = 100 } = options;
  const posted: PostedMessage[] = [];
  let mayRead = true;

  const methods: Record<string, Method> = {
    'auth.test': () => ({ ok: true, team: 'Acme', user: 'proviso', team_id: 'T1', user_id: 'U1', bot_id: 'B1' }),
    'conversations.info': (parameters) => {
      const found = channels.find(({ id }) => id === parameters.get('channel'));
      return found ? { ok: true, channel: show(found) } : refusal('channel_not_found');
    },
    'conversations.list': (parameters) => {
      const { items, next_cursor } = pageOf(
        channels.filter(({ archived }) => !archived),
        parameters,
        pageSize,
      );
      return { ok: true, channels: items.map(show), response_metadata: { next_cursor } };
    },
    'conversations.history': (parameters) => {
      const oldest = Number(parameters.get('oldest') ?? 0);
      const there = posted.filter(({ channel, ts }) => channel === parameters.get('channel') && Number(ts) > oldest);
      const { items, next_cursor } = pageOf(there.toReversed(), parameters, pageSize);
      const bare = parameters.get('include_all_metadata') !== 'true';
      const messages = items.map(({ ts, text, metadata }) => ({ ts, text, ...(metadata && !bare && { metadata }) }));
      return { ok: true, messages, has_more: next_cursor !== '', response_metadata: { next_cursor } };
    },
    'chat.postMessage': (parameters) => {
      const found = channels.find(({ id }) => id === parameters.get('channel'));
      if (!found) return refusal('channel_not_found');
      if (found.archived) return refusal('is_archived');
      if (found.member === false) return refusal('not_in_channel');
      const ts = `${(Date.now() / 1_000).toFixed(0)}.${String(posted.length + 1).padStart(6, '0')}`;
      const metadata = JSON.parse(parameters.get('metadata') ?? 'null') as JsonObject | null;
      posted.push({ channel: found.id, ts, text: parameters.get('text') ?? '', metadata });
      return { ok: true, channel: found.id, ts };
    },
  };
  const handle = ({ path, headers, body }: FakeRequest): FakeReply => {
    const name = path.split('/').at(-1) ?? '';
    const method = methods[name];
    if (headers.authorization !== `Bearer ${token}`) return { status: 200, body: refusal('invalid_auth') };
    if (!method) return { status: 200, body: refusal('unknown_method') };
    if (!mayRead && name.startsWith('conversations.')) return { status: 200, body: refusal('missing_scope') };
    return { status: 200, body: method(new URLSearchParams(body)) };
  };
  const http = await startHttpFake({ handle, tooMany: { status: 429, body: refusal('ratelimited') } });
  return { ...http, posted, forbidReading: () => void (mayRead = false) };
}

const show = ({ id, name, archived = false }: FakeChannel): JsonObject => ({ id, name, is_archived: archived });

function pageOf<Item>(items: Item[], parameters: Parameters, pageSize: number): { items: Item[]; next_cursor: string } {
  const from = Number(parameters.get('cursor') ?? 0);
  const to = from + Math.min(pageSize, Number(parameters.get('limit') ?? pageSize));
  return { items: items.slice(from, to), next_cursor: to < items.length ? String(to) : '' };
}
