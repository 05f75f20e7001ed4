import {
  defineExecutor,
  done,
  givenLabel,
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
import { readAnswer, type HttpAnswer } from './http/answer.ts';
import { failureOf } from './http/outcome.ts';
import { maskOf } from './masking.ts';
import type { ExecutorSettings } from './settings.ts';
import { inputs, told } from './summary-text.ts';

/** Increase it when a call with the same params would be different for the provider. */
const VERSION = 1;
/** How much is read; core keeps 256 KiB of it. */
const RESULT_BYTES_MAX = 4 * 1024 * 1024;
/** How long an idempotent tool must remember an action's id (docs/tools.md). */
const KEY_LIFETIME_MS = 24 * 3_600_000;

/** Workspace tools: an approved call is a signed POST, as Standard Webhooks defines. */
export function workspaceTools(settings: ExecutorSettings): ToolKind {
  const egress = openEgress(settings, { bodyBytesMax: RESULT_BYTES_MAX });
  return {
    version: VERSION,
    addressFault: (url) => urlFault(url, settings),
    executorOf: (tool) => executorOf(tool, egress),
  };
}

const executorOf = (
  { name, version, url, idempotent, params, untested }: ToolDefinition,
  egress: EgressFetch,
): Executor =>
  defineExecutor({
    type: name,
    version: VERSION,
    delivery: idempotent ? 'idempotent' : 'at_most_once',
    ...(idempotent && { keyLifetimeMs: KEY_LIFETIME_MS }),
    identity: 'none',
    params,

    readCurrent: async () => ({ untested: await untested() }),

    // Sorted by name: jsonb returns the keys in another order than the proposal.
    preview: (input, { current }) => ({
      title: `Call ${name}`,
      fields: [
        { label: 'Called at', value: url },
        { label: 'Tool version', value: version },
        { label: 'When the answer is lost', value: idempotent ? 'it is called again' : 'it is not called again' },
        ...Object.entries(input)
          .map(([field, value]) => ({ label: givenLabel('input', field), value }))
          .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
      ],
      ...untestedWarnings(current),
    }),

    summary: (input) => told(`Call ${name}`, inputs(input)),

    async execute(ctx) {
      const request = requestOf(ctx, { name, version });
      if (ctx.signal.aborted) return retry('Stopped before the call.', { undone: true });
      await ctx.begin();
      try {
        const mask = maskOf(ctx.credentials);
        return outcomeOf(await readAnswer(await egress(url, { ...request, signal: ctx.signal }), mask));
      } catch (error) {
        return outcomeOfFault(error);
      }
    },
  });

function untestedWarnings(current: JsonObject = {}): { warnings?: string[] } {
  const warnings = ((current.untested ?? []) as string[]).map(
    (what) => `The input was not validated by the whole schema of the tool: ${what}.`,
  );
  return warnings.length > 0 ? { warnings } : {};
}

/** The request: the same bytes for every attempt, except the signature and its time. */
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

function outcomeOf(answer: HttpAnswer): Outcome {
  const { ok, status, body, text, brokenBy } = answer;
  if (!ok) return failureOf('The tool', { sent: () => true, answer: () => answer });
  if (brokenBy !== undefined) return outcomeOfFault(brokenBy);
  if (text === '') return done({});
  return body === undefined ? unknown(`The tool answered ${status}, but not with JSON.`) : done(body as JsonObject); // what is no object is stored as { value }
}

function outcomeOfFault(error: unknown): Outcome {
  if (!(error instanceof EgressError)) return unknown('The tool’s answer broke off.');
  if (error.reason === 'too_large') return done({ too_large: true });
  if (error.reason === 'forbidden') return refused(error.message);
  return retry(error.message, { undone: !error.sent, unavailable: !error.sent });
}
