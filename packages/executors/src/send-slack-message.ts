import {
  defineExecutor,
  done,
  refused,
  retry,
  type Executor,
  type Outcome,
  type RunContext,
} from '@proviso/core/executor';
import type { ExecutorSettings } from './settings.ts';
import { openSlack, type Slack } from './slack/client.ts';
import { slackOutcome } from './slack/errors.ts';
import { EVENT_TYPE, findMessage } from './slack/find.ts';
import { slackParams, type SlackParams } from './slack/params.ts';
import { previewSlackMessage } from './slack/preview.ts';
import { channelFinder } from './slack/resolve.ts';
import { quoted, told } from './summary-text.ts';

type Run = Pick<RunContext<SlackParams>, 'action' | 'credentials' | 'signal'>;

export const sendSlackMessage = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<SlackParams>({
    type: 'send_slack_message',
    version: 1,
    delivery: 'at_most_once',
    identity: 'slack',
    params: slackParams,
    resolvesFrom: ['channel'],
    resolvedFields: ['channel_id', 'channel_name'],
    resolve: channelFinder(settings),
    preview: (message, { identity }) => previewSlackMessage(message, identity),
    summary: ({ channel_id = '?', channel_name, message }) =>
      told(`Slack message to ${channel_name === undefined ? channel_id : `#${channel_name}`}`, quoted(message)),

    async execute(ctx) {
      if (ctx.signal.aborted) return retry('Stopped before sending.', { undone: true });
      const slack = await openSlack(ctx.credentials, ctx.signal, settings);
      if (!slack) return refused('The Slack identity has no valid token.');
      const { channel_id } = ctx.action.params;
      if (channel_id === undefined) return refused('The channel was not looked up.');
      await ctx.begin();
      return post(slack, channel_id, ctx);
    },

    async reconcile({ begunAt, ...run }) {
      const slack = await openSlack(run.credentials, run.signal, settings);
      const ts = slack ? await tsOf(slack, run, begunAt) : undefined;
      if (ts === undefined) return { kind: 'unknown' };
      return ts === null ? { kind: 'not_done' } : { kind: 'done', result: resultOf(run, ts) };
    },
  });

async function post(slack: Slack, channel: string, run: Run): Promise<Outcome> {
  const { id, params } = run.action;
  try {
    const { ts = '' } = await slack.client.chat.postMessage({
      channel,
      text: params.message,
      metadata: { event_type: EVENT_TYPE, event_payload: { action_id: id } },
    });
    return done(resultOf(run, ts));
  } catch (error) {
    const outcome = slackOutcome(error, slack.tracker);
    if (outcome.kind !== 'retry' || outcome.undone || run.signal.aborted) return outcome;
    const ts = await tsOf(slack, run, null); // the answer was lost, but perhaps the message was posted
    return ts ? done(resultOf(run, ts)) : outcome;
  }
}

const tsOf = ({ client }: Slack, { action }: Run, since: Date | null): Promise<string | null | undefined> =>
  findMessage(client, { channel: action.params.channel_id ?? '', actionId: action.id, since }).catch(() => undefined);

const resultOf = ({ action }: Run, ts: string) => ({ channel_id: action.params.channel_id ?? '', ts });
