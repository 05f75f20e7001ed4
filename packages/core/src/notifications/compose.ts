import { readableLine } from '../preview/readable-preview.ts';
import type { ServiceMail } from '../executors/provider.ts';
import type { ClaimedMail } from './claim.ts';
import type { WaitingFor } from './waiting-for.ts';

const TITLE_CHARS_MAX = 160;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function duration(seconds: number): string {
  if (seconds < 3_600) return counted(Math.floor(seconds / 60), 'minute', 'minutes');
  if (seconds < 172_800) return counted(Math.floor(seconds / 3_600), 'hour', 'hours');
  return counted(Math.floor(seconds / 86_400), 'day', 'days');
}

/** Counts and titles, and links that only open a card. Bodies stay in the inbox. */
export function composeNotification(mail: ClaimedMail, { total, actions }: WaitingFor, id: string): ServiceMail {
  const inbox = mail.inbox_url.replace(/\/+$/, '');
  const workspace = readableLine(mail.workspace, TITLE_CHARS_MAX);
  const waits =
    mail.kind === 'digest'
      ? `${counted(total, 'proposal waits', 'proposals wait')} for a decision in ${workspace}`
      : `${counted(total, 'proposal has', 'proposals have')} waited over ${duration(mail.minutes * 60)} in ${workspace}`;
  const lines = actions.flatMap(({ title, actionId, waitedSeconds }) => [
    `* ${readableLine(title, TITLE_CHARS_MAX)} (waits for ${duration(waitedSeconds)})`,
    `  ${inbox}/actions/${actionId}`,
  ]);
  const more = total - actions.length;
  const text = [
    `${waits}.`,
    '',
    ...lines,
    ...(more > 0 ? [`* and ${more} more: ${inbox}/`] : []),
    '',
    'A link only opens the proposal: you decide in the inbox.',
    `You get this mail because you asked for it. To change or end it: ${inbox}/settings`,
    '',
  ].join('\n');
  const headers = { 'List-Unsubscribe': `<${inbox}/settings>`, 'Auto-Submitted': 'auto-generated' };
  return { id, to: mail.email, subject: waits, text, headers };
}
