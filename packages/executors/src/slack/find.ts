import type { WebClient } from '@slack/web-api';

export const EVENT_TYPE = 'proviso_action';

const PAGE_SIZE = 200;
const PAGES_MAX = 10;
/** Slack's clock and the database's may differ by this much. */
const SKEW_S = 600;

export interface Sought {
  channel: string;
  actionId: string;
  /** When the effect began; null = just now. */
  since: Date | null;
}

/**
 * Finds an action's message by its metadata. Returns its ts; null = it does not exist, undefined = too much to read.
 */
export async function findMessage(
  client: WebClient,
  { channel, actionId, since }: Sought,
): Promise<string | null | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { messages = [], response_metadata } = await client.conversations.history({
      channel,
      include_all_metadata: true,
      limit: PAGE_SIZE,
      ...(since && { oldest: String(since.getTime() / 1_000 - SKEW_S) }),
      ...(cursor && { cursor }),
    });
    const found = messages.find(({ metadata }) => isOf(metadata, actionId));
    if (found?.ts) return found.ts;
    cursor = response_metadata?.next_cursor;
    if (!cursor) return null;
    if (!since) return undefined; // it would be among the newest
  }
  return undefined;
}

const isOf = (metadata: unknown, actionId: string): boolean => {
  const { event_type, event_payload } = (metadata ?? {}) as {
    event_type?: string;
    event_payload?: { action_id?: unknown };
  };
  return event_type === EVENT_TYPE && event_payload?.action_id === actionId;
};
