import { AppError, invalid, type LookupContext } from '@proviso/core/executor';
import { cacheForMinute } from '../http/cache.ts';
import type { ExecutorSettings } from '../settings.ts';
import { openSlack, type Slack } from './client.ts';
import { codeOf, explain } from './errors.ts';
import { isChannelId, nameIn, type SlackParams } from './params.ts';

const LOOKUP_LIMIT_MS = 10_000;
const PAGES_MAX = 10;
const PAGE_SIZE = 1_000;

type Found = Pick<SlackParams, 'channel_id' | 'channel_name'>;

/** Finds the channel, so that people approve its id and see its name in Slack. */
export function channelFinder(settings: ExecutorSettings) {
  const remembered = cacheForMinute<Found>();
  return async ({ channel, channel_id }: SlackParams, ctx: LookupContext): Promise<Found> => {
    if (channel_id !== undefined) return {};
    const slack = await openSlack(await ctx.openCredentials(), AbortSignal.timeout(LOOKUP_LIMIT_MS), settings);
    if (!slack) throw invalid('identity_id', 'has no Slack token');
    const ask = () => (isChannelId(channel) ? byId(slack, channel) : byName(slack, nameIn(channel)));
    return remembered(`${slack.client.token} ${channel}`, ask).catch((error: unknown) => {
      if (error instanceof AppError) throw error;
      return unanswered(channel, error);
    });
  };
}

async function byId({ client }: Slack, channel: string): Promise<Found> {
  const { channel: found } = await client.conversations.info({ channel });
  if (found?.is_archived) throw invalid('params.channel', 'is archived');
  return { channel_id: channel, ...(found?.name && { channel_name: found.name }) };
}

async function byName({ client }: Slack, name: string): Promise<Found> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const { channels = [], response_metadata } = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: PAGE_SIZE,
      ...(cursor && { cursor }),
    });
    const found = channels.find((channel) => channel.name === name || channel.name_normalized === name);
    if (found?.id) return { channel_id: found.id, channel_name: found.name ?? name };
    cursor = response_metadata?.next_cursor;
    if (!cursor) throw invalid('params.channel', 'is not a channel that this Slack account can see');
  }
  throw invalid('params.channel', `is not among the first ${PAGES_MAX * PAGE_SIZE} channels; give its id`);
}

const OF_THE_CHANNEL = ['channel_not_found', 'is_archived'];

/** An id can be used without an answer; a name cannot. */
function unanswered(channel: string, error: unknown): Found {
  const code = codeOf(error);
  if (code !== undefined && OF_THE_CHANNEL.includes(code)) throw invalid('params.channel', explain(code));
  if (code?.includes('auth') || code?.startsWith('token_') || code === 'account_inactive') {
    throw invalid('identity_id', `is not accepted by Slack: ${explain(code)}`);
  }
  if (isChannelId(channel)) return { channel_id: channel };
  if (code === 'missing_scope') throw invalid('params.channel', 'must be an id: the token may not list channels');
  throw new AppError('UNAVAILABLE', 'Slack could not look up the channel. Try again, or give its id.');
}
