import type { JsonObject } from '@proviso/contracts';
import {
  defineExecutor,
  done,
  refused,
  retry,
  type Executor,
  type Outcome,
  type RunContext,
} from '@proviso/core/executor';
import { broadcastParams, type BroadcastParams } from './resend/broadcast-params.ts';
import { previewBroadcast } from './resend/broadcast-preview.ts';
import { configOf, openResend, type ResendAccount } from './resend/client.ts';
import { contentOf } from './resend/content.ts';
import { broadcastName, findBroadcast } from './resend/find-broadcast.ts';
import { outcomeOf, resendOutcome } from './resend/outcome.ts';
import { segmentFinder } from './resend/segments.ts';
import { assertSender, senderOf } from './resend/sender.ts';
import type { ExecutorSettings } from './settings.ts';
import { told } from './summary-text.ts';

type Proposed = RunContext<BroadcastParams>['action'];

const RECONCILE_PAGES_MAX = 20;

export function resendCreateBroadcast(settings: ExecutorSettings = {}): Executor {
  const segmentNames = segmentFinder(settings);
  return defineExecutor<BroadcastParams>({
    type: 'resend_create_broadcast',
    version: 1,
    delivery: 'at_most_once',
    identity: 'resend',
    restatedIn: { text: ['html'], html: ['text'] },
    params: broadcastParams,
    resolvesFrom: ['segment_id'],
    resolvedFields: ['segment_name'],
    async resolve(given, ctx) {
      assertSender(given.from, configOf(ctx.identity?.config));
      if (given.segment_name !== undefined) return {};
      const names = await segmentNames([{ path: 'params.segment_id', id: given.segment_id }], ctx);
      return names?.[0] === undefined ? {} : { segment_name: names[0] };
    },
    preview: (broadcast, { identity }) => previewBroadcast(broadcast, identity),
    summary: ({ send = false, segment_name, segment_id, subject }) =>
      told(`${send ? 'Send' : 'Draft'} a broadcast to ${segment_name ?? segment_id}`, subject),

    async execute(ctx) {
      if (ctx.signal.aborted) return retry('Stopped before sending.', { undone: true });
      const account = openResend(ctx.credentials, ctx.signal, settings);
      const config = configOf(ctx.identity?.config);
      const from = config && senderOf(ctx.action.params.from, config);
      if (!account || from === undefined)
        return refused('The Resend identity has no valid key, or does not allow the sender.');
      await ctx.begin();
      const replyTo = ctx.action.params.reply_to ?? config?.reply_to;
      const outcome = await outcomeOf(account, () =>
        create(account, ctx.action, { from, ...(replyTo && { replyTo }) }),
      );
      if (outcome.kind !== 'retry' || outcome.undone || ctx.signal.aborted) return outcome;
      // the answer was lost, but perhaps the broadcast was created
      return (await found(account, ctx.action)) ?? outcome;
    },

    async reconcile({ action, credentials, signal }) {
      const account = openResend(credentials, signal, settings);
      if (!account) return { kind: 'unknown' };
      const there = await findBroadcast(account.client, action.id, RECONCILE_PAGES_MAX).catch(() => undefined);
      if (there === null) return { kind: 'not_done' };
      const result = there && resultOf(action.params, there);
      return result ? { kind: 'done', result } : { kind: 'unknown' };
    },
  });
}

interface Mailboxes {
  from: string;
  replyTo?: string | string[];
}

async function create(account: ResendAccount, { id, params }: Proposed, mailboxes: Mailboxes): Promise<Outcome> {
  const { segment_id: segmentId, name, subject, preview_text: previewText, send = false } = params;
  const broadcast = {
    name: broadcastName(name ?? subject, id),
    segmentId,
    subject,
    ...mailboxes,
    ...contentOf(params),
    ...(previewText !== undefined && { previewText }),
  };
  const { broadcasts } = account.client;
  const { data, error } = await broadcasts.create(send ? { ...broadcast, send } : broadcast);
  return error ? resendOutcome(error, account) : done({ broadcast_id: data.id, sent: send });
}

async function found({ client }: ResendAccount, action: Proposed): Promise<Outcome | undefined> {
  const there = await findBroadcast(client, action.id, 1).catch(() => undefined);
  const result = there ? resultOf(action.params, there) : undefined;
  return result && done(result);
}

/** A draft that should have been sent proves nothing: it may be on its way. */
function resultOf(
  { send = false }: BroadcastParams,
  { id, status }: { id: string; status: string },
): JsonObject | undefined {
  return send && status === 'draft' ? undefined : { broadcast_id: id, sent: send };
}
