import {
  defineExecutor,
  done,
  refused,
  retry,
  unknown,
  type Executor,
  type Outcome,
  type RunContext,
  type ToolDefinition,
  type ToolKind,
} from '@proviso/core/executor';
import type { JsonObject } from '@proviso/contracts';
import { Webhook } from 'standardwebhooks';
import { urlFault } from './egress/address.ts';
import { EgressError } from './egress/error.ts';
import { openEgress, type EgressFetch } from './egress/fetch.ts';
import type { ExecutorSettings } from './settings.ts';

/** Raise it when a call says something else to the far side. */
const VERSION = 1;
const RESULT_BYTES_MAX = 256 * 1024;
/** How long an idempotent tool must know an action's id (docs/tools.md). */
const KEY_LIFETIME_MS = 24 * 3_600_000;

/** Workspaces' tools: an approved call is a signed POST, as in Standard Webhooks. */
export function workspaceTools(settings: ExecutorSettings): ToolKind {
  const egress = openEgress(settings, { bodyBytesMax: RESULT_BYTES_MAX });
  return {
    version: VERSION,
    addressFault: (url) => urlFault(url, settings),
    executorOf: (tool) => executorOf(tool, egress),
  };
}

const executorOf = ({ name, version, url, idempotent, params }: ToolDefinition, egress: EgressFetch): Executor =>
  defineExecutor({
    type: name,
    version: VERSION,
    delivery: idempotent ? 'idempotent' : 'at_most_once',
    ...(idempotent && { keyLifetimeMs: KEY_LIFETIME_MS }),
    identity: 'none',
    params,

    // By name: a row that was read has its params in another order than the proposal.
    preview: (input) => ({
      title: `Call ${name}`,
      fields: Object.entries(input)
        .map(([label, value]) => ({ label, value }))
        .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
    }),

    async execute(ctx) {
      const request = requestOf(ctx, { name, version });
      if (ctx.signal.aborted) return retry('Stopped before the call.', { undone: true });
      await ctx.begin();
      try {
        const response = await egress(url, { ...request, signal: ctx.signal });
        return await outcomeOf(response);
      } catch (error) {
        return outcomeOfFault(error);
      }
    },
  });

/** The call, the same bytes for every attempt but for the signature and its time. */
function requestOf({ action, credentials }: RunContext<JsonObject>, tool: { name: string; version: number }) {
  const body = JSON.stringify({
    tool: tool.name,
    tool_version: tool.version,
    action_id: action.id,
    workspace_id: action.workspaceId,
    mission_id: action.missionId ?? null,
    session_id: action.sessionId ?? null,
    input: action.params,
  });
  const { secret } = credentials as { secret: string }; // as the registration sealed it
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'Proviso',
    'webhook-id': action.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(action.id, now, body),
  };
  return { method: 'POST', headers, body };
}

/** What an answer means. Its own words are not repeated but as a result: they may hold anything. */
async function outcomeOf(response: Response): Promise<Outcome> {
  const { status } = response;
  if (response.ok) return resultOf(response);
  response.body?.cancel().catch(() => undefined); // what it says beyond the status changes nothing
  const says = `The tool answered ${status}.`;
  if (status === 429) return retry(says, { undone: true, ...retryAfter(response.headers) });
  if (status >= 500) return retry(says, { undone: false });
  return refused(says);
}

async function resultOf(response: Response): Promise<Outcome> {
  const text = await response.text();
  if (text === '') return done({});
  try {
    return done(JSON.parse(text) as JsonObject); // what is no object is stored as { value }
  } catch {
    return unknown(`The tool answered ${response.status}, but not with JSON.`);
  }
}

function outcomeOfFault(error: unknown): Outcome {
  if (!(error instanceof EgressError)) return unknown('The tool’s answer broke off.');
  if (error.reason === 'too_large') return done({ too_large: true }); // what the core keeps of any result beyond 256 KiB
  if (error.reason === 'forbidden') return refused(error.message);
  return retry(error.message, { undone: !error.sent });
}

/** Seconds, or a date beside the answer's own: neither asks this machine for the time. */
function retryAfter(headers: Headers): { afterMs?: number } {
  const wish = headers.get('retry-after') ?? '';
  const afterMs = /^\d{1,9}$/.test(wish)
    ? Number(wish) * 1000
    : Date.parse(wish) - Date.parse(headers.get('date') ?? '');
  return afterMs > 0 ? { afterMs } : {};
}
