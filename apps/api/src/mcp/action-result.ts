// What an agent is told about a write, in the protocol's form. Held by apps/api/test/gateway-calls.test.ts.
import { isTerminal, type JsonObject, type JsonValue } from '@proviso/contracts';
import { effectiveParams, formatId, sameJson, type ActionRow } from '@proviso/core';
import type { CallToolResult } from '@modelcontextprotocol/server';

const VALUE_CHARS_MAX = 200;

interface CallParams {
  tool?: unknown;
  arguments?: JsonObject;
}

/** A redacted action does not name it any more. */
function toolOf(row: ActionRow): string {
  const { tool } = row.params as CallParams;
  return typeof tool === 'string' ? tool : 'The tool';
}

/** The state of a write in one or two sentences. */
export function stateText(row: ActionRow): string {
  const tool = toolOf(row);
  const { status, attempts } = row;
  if (isTerminal(status)) return `${endText(row)}${changesText(row)}`;
  if (status === 'pending_approval') return `${tool} has not run: it waits for a person’s approval.`;
  if (status === 'running') return `${tool} is running now: it may already have had its effect.`;
  if (attempts === 0) return `${tool} is approved and has not run yet. It will run automatically.`;
  return `${tool} is approved and will be retried automatically. An earlier attempt may have had its effect.`;
}

function endText(row: ActionRow): string {
  const tool = toolOf(row);
  const { status, status_reason, error, approval } = row;
  const comment = approval?.comment ? ` The reviewer says: ${approval.comment}` : '';
  const why = error?.message ? ` ${error.message}` : '';
  if (status === 'completed')
    return status_reason === 'confirmed_done' ? `A person has confirmed that ${tool} ran.` : `${tool} has run.`;
  if (status === 'rejected') return `A person declined ${tool}. It has not run.${comment}`;
  if (status === 'cancelled')
    return status_reason === 'expired' || status_reason === 'approval_expired'
      ? `${tool} expired before it could run. It has not run.`
      : `${tool} was cancelled. It has not run.`;
  if (status_reason === 'confirmed_not_done') return `A person has confirmed that ${tool} did not run.`;
  return error?.code === 'outcome_unknown'
    ? `${tool} may have run: its outcome is unknown. Do not repeat it; ask a person to check.${why}`
    : `${tool} failed, and had no effect.${why}`;
}

/** What a person changed before it ran, argument by argument. */
function changesText(row: ActionRow): string {
  const before = (row.original_params ?? row.params) as CallParams;
  const after = effectiveParams(row) as CallParams;
  const [old, final] = [before.arguments ?? {}, after.arguments ?? {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(final)])].toSorted();
  const changed = names.filter((name) => !sameJson(old[name] ?? null, final[name] ?? null));
  const texts = changed.map((name) => `${name} from ${shown(old[name])} to ${shown(final[name])}`);
  if (before.tool !== after.tool) texts.unshift(`the tool from ${shown(toolOf(row))} to ${String(after.tool)}`);
  return texts.length > 0 ? ` A person changed ${texts.join(', ')}.` : '';
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX).toWellFormed()}…`;
}

/** What the gate adds to an answer, for programs. */
const META = 'proviso.dev/action';

const metaOf = (row: ActionRow): JsonObject => ({
  [META]: { action_id: formatId('action', row.id), status: row.status, status_reason: row.status_reason },
});

/** The result of a write that has ended: the tool's own, or why there is none. */
export function endedResult(row: ActionRow): CallToolResult {
  const { content, structured_content, too_large } = row.result ?? {};
  const changes = changesText(row).trim();
  const cut = too_large === undefined ? '' : 'Parts of this result were too large to keep.';
  const notes = [changes, cut].filter((note) => note !== '').map((text) => ({ type: 'text', text }));
  if (row.status !== 'completed' || !Array.isArray(content))
    return {
      content: [{ type: 'text', text: stateText(row) }],
      ...(row.status !== 'completed' && { isError: true }),
      _meta: metaOf(row),
    };
  return {
    content: [...notes, ...content] as CallToolResult['content'],
    ...(structured_content !== undefined && { structuredContent: structured_content }),
    _meta: metaOf(row),
  };
}

/** The result of a write that has not ended: where it is, and how to ask again. */
function openResult(row: ActionRow): CallToolResult {
  const id = formatId('action', row.id);
  const how =
    `Do not call it again for the same purpose. To see what happened, call proviso_get_action with ` +
    `action_id ${id}; to withdraw it, call proviso_cancel_action.`;
  return {
    content: [{ type: 'text', text: `${stateText(row)} ${how}` }],
    structuredContent: { status: statusOf(row), action_id: id },
    _meta: metaOf(row),
  };
}

export const resultOf = (row: ActionRow): CallToolResult =>
  isTerminal(row.status) ? endedResult(row) : openResult(row);

const statusOf = ({ status }: ActionRow): string =>
  status === 'pending_approval' ? 'queued' : status === 'running' ? 'running' : 'approved';
