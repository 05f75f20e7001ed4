import type { Preview } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import { accountFields } from '../preview-field.ts';
import type { SlackParams } from './params.ts';

const CALLS_ALL = /<!(channel|here|everyone)\b/g;
/** A mention of a group: its id, and the name that the text gives it. */
const CALLS_GROUP = /<!subteam\^([^>|\s]{1,64})/g;

/** Shows channel and name as Slack returned them, not the proposer's name for the channel. */
export function previewSlackMessage(params: SlackParams, identity: IdentityView | null): Preview {
  const { channel_id = '?', channel_name, message } = params;
  const channel = channel_name === undefined ? channel_id : `#${channel_name}`;
  const called = [...new Set([...message.matchAll(CALLS_ALL)].map(([, whom]) => `@${whom}`))];
  const groups = [...new Set([...message.matchAll(CALLS_GROUP)].map(([, id]) => id))];
  const warnings = [
    ...(channel_name === undefined ? ['Slack gave no name for this channel.'] : []),
    ...(called.length > 0 ? [`It notifies everybody: ${called.join(', ')}.`] : []),
    ...(groups.length > 0 ? [`It notifies everybody in these groups: ${groups.join(', ')}.`] : []),
  ];
  return {
    title: `Slack message to ${channel}`,
    fields: [
      ...accountFields('As', identity),
      { label: 'Channel', value: channel },
      { label: 'Channel id', value: channel_id },
    ],
    body: { text: message },
    ...(warnings.length > 0 && { warnings }),
  };
}
