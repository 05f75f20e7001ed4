import { linkedinConfig, linkedinCredentials } from '@proviso/contracts';
import {
  defineExecutor,
  handedToPerson,
  refused,
  type Executor,
  type Outcome,
  type RunContext,
} from '@proviso/core/executor';
import { findInvitation, inviteByUnipile } from './linkedin/invite.ts';
import { linkedinParams, slugOf, type LinkedinParams } from './linkedin/params.ts';
import { previewInvitation } from './linkedin/preview.ts';
import { openUnipile, type Unipile, type UnipileConfig } from './linkedin/unipile.ts';
import { assertRecordsExist, guardRecordsExist } from './assert-records-exist.ts';
import { readReferenced } from './referenced-records.ts';
import type { ExecutorSettings } from './settings.ts';
import { quoted, told } from './summary-text.ts';

type Run = Omit<RunContext<LinkedinParams>, 'begin'>;

/** An invitation to connect: a task for a person, or sent by Unipile, as the identity says. */
export const linkedinConnection = (settings: ExecutorSettings = {}): Executor =>
  defineExecutor<LinkedinParams>({
    type: 'linkedin_connection',
    version: 1,
    delivery: (_, identity) =>
      linkedinConfig.safeParse(identity?.config).data?.mode === 'unipile' ? 'at_most_once' : 'transactional',
    identity: 'linkedin',
    params: linkedinParams,

    async resolve(given, { records }) {
      await assertRecordsExist(given, records);
      return {};
    },

    readCurrent: readReferenced,
    preview: (invitation, { identity, current }) => previewInvitation(invitation, identity, current),
    summary: ({ linkedin_url, message }) =>
      told(`LinkedIn invitation to ${slugOf(linkedin_url) ?? linkedin_url}`, quoted(message)),

    async guard(invitation, { records }) {
      const verdict = await guardRecordsExist(invitation, records);
      if (verdict.kind !== 'ok' || invitation.contact_id === undefined) return verdict;
      const contact = await records.contact(invitation.contact_id);
      return contact?.unsubscribedAt ? { kind: 'refused', message: 'The contact has unsubscribed.' } : verdict;
    },

    async execute(ctx) {
      const config = linkedinConfig.safeParse(ctx.identity?.config ?? {});
      if (!config.success) return refused('The LinkedIn identity has no valid configuration.');
      if (config.data.mode !== 'unipile') return handOver(ctx.action.params);
      const unipile = unipileOf(config.data, ctx, settings);
      if (!unipile) return refused('The LinkedIn identity has no valid token.');
      return inviteByUnipile(unipile, ctx.action.params, { signal: ctx.signal, begin: () => ctx.begin() });
    },

    async reconcile(ctx) {
      const config = linkedinConfig.safeParse(ctx.identity?.config ?? {});
      const unipile = config.data?.mode === 'unipile' && unipileOf(config.data, ctx, settings);
      return unipile ? findInvitation(unipile, ctx.action.params) : { kind: 'unknown' };
    },
  });

function unipileOf(config: UnipileConfig, { credentials, signal }: Run, settings: ExecutorSettings): Unipile | null {
  const { data } = linkedinCredentials.safeParse(credentials);
  return data ? openUnipile(config, data.token, { signal, settings }) : null;
}

/** The task has everything that a person needs. It commits with the completion, so there is no `begin`. */
function handOver({ linkedin_url, message, contact_id }: LinkedinParams): Outcome {
  const how = message === undefined ? 'Send it without a note.' : `Send it with this note:\n\n${message}`;
  return handedToPerson({ delivered: false }, async (records) => ({
    task_id: await records.createTask({
      title: `Invite ${slugOf(linkedin_url)} on LinkedIn`,
      description: `Open ${linkedin_url} and choose Connect. ${how}`,
      dueDate: null,
      contactId: contact_id ?? null,
    }),
  }));
}
