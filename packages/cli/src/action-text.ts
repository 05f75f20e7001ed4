import type { Action, ActionWithLogs } from '@proviso/sdk';
import { clean, table } from './output.ts';

export const ACTION_COLUMNS = {
  id: ({ action_id }: Action) => action_id,
  status: ({ status }: Action) => status,
  type: ({ type }: Action) => type,
  what: ({ preview, description }: Action) => preview?.title ?? description,
  created: ({ created_at }: Action) => created_at,
};

const textOf = (value: unknown): string => clean(typeof value === 'string' ? value : JSON.stringify(value));

/** What a person has to read before deciding: the whole preview, with its warnings. */
export function previewText({ action_id, type, status, preview, params, description, params_hash }: Action): string {
  const body = preview?.body && ('text' in preview.body ? preview.body.text : preview.body.html);
  return [
    `${action_id}  ${type}  ${status}`,
    ...(description ? [`Why: ${textOf(description)}`] : []),
    '',
    preview ? textOf(preview.title) : textOf(params),
    ...(preview?.fields ?? []).map(({ label, value, before }) => {
      const changed = before === undefined ? '' : `  (before: ${textOf(before)})`;
      return `  ${textOf(label)}: ${textOf(value)}${changed}`;
    }),
    ...(body ? ['', ...body.split('\n').map((line) => `  | ${clean(line)}`)] : []),
    ...(preview?.warnings ?? []).map((warning) => `  ! ${textOf(warning)}`),
    '',
    `Hash: ${params_hash}`,
  ].join('\n');
}

export function actionText(action: ActionWithLogs): string {
  const ended = action.error ? [`Error: ${textOf(action.error.code)}: ${textOf(action.error.message)}`] : [];
  const log = table(action.logs, {
    at: ({ at }) => at,
    event: ({ event }) => event,
    by: ({ actor }) => actor.name,
  });
  return [previewText(action), ...ended, '', log].join('\n');
}
