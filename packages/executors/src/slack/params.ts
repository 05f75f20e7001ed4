import { strictFields, plainText } from '@proviso/contracts';
import { z } from 'zod';

/** Ids of public channels, private ones and direct messages. */
const CHANNEL_ID = /^[CGD][A-Z0-9]{6,20}$/;
export const isChannelId = (channel: string): boolean => CHANNEL_ID.test(channel);

const channelName = z.string().regex(/^[^\s#@,:<>"A-Z\p{C}]{1,80}$/u);

export const slackParams = strictFields({
  channel: z
    .string()
    .refine(
      (channel) => isChannelId(channel) || channelName.safeParse(nameIn(channel)).success,
      'must be a channel’s id, such as C024BE91L, or its name, such as #general',
    )
    .describe('A channel’s name, as `#general`, or its id, as `C024BE91L`.'),
  message: plainText(40_000).min(1).describe('The text, in Slack’s mrkdwn.'),
  channel_id: z.string().regex(CHANNEL_ID).optional().describe('Where it is posted.'),
  channel_name: plainText(250).min(1).optional().describe('What Slack calls that channel.'),
}).meta({
  description: 'Posts a message to a Slack channel.',
  examples: [{ channel: '#general', message: 'The quote is out.' }],
});
export type SlackParams = z.output<typeof slackParams>;

export const nameIn = (channel: string): string => channel.replace(/^#/, '');
