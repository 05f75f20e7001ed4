// A write becomes a proposal. Held by test/unit/gated.test.ts, and tests/stories/sdk-agents.test.ts end to end.
import { preview as previewShape, type Preview } from '@proviso/contracts';
import type { Client } from '../client/client.ts';
import { ProvisoError } from '../client/errors.ts';
import { ended, queued, type Answer } from './answer.ts';
import type { NamedCall } from './tool.ts';

const WAIT_MS = 30_000;
const METADATA_CHARS_MAX = 500;

/** In what a proposal is made. The model has no say in it. */
export interface GateContext {
  /** The client's own unless given. */
  workspaceId?: string | undefined;
  missionId?: string | undefined;
  sessionId?: string | undefined;
  runId?: string | undefined;
  /** Needed where the workspace has several that fit. */
  identityId?: string | undefined;
}

export interface Gate {
  client: Client;
  /**
   * `submit` answers at once that the write is queued. `wait` waits for the outcome up to `waitMs`, and then answers the
   * same. `submit` unless given.
   */
  mode?: 'submit' | 'wait' | undefined;
  /** 30 s unless given. */
  waitMs?: number | undefined;
  context?: GateContext | ((call: NamedCall) => GateContext | Promise<GateContext>) | undefined;
}

/** What a reviewer sees of a call. The same input must draw the same card; without one the service lists every field. */
export type DrawPreview<Input = never> = (input: Input, call: NamedCall) => Preview | Promise<Preview>;

/** Records a write, and does nothing else. Throws when it could not be recorded: then nothing is queued. */
export async function propose(gate: Gate, call: NamedCall, draw?: DrawPreview): Promise<Answer> {
  const { client, mode = 'submit', waitMs = WAIT_MS } = gate;
  const { toolName, input, callId, signal } = call;
  const given = typeof gate.context === 'function' ? await gate.context(call) : gate.context;
  const { workspaceId = client.workspaceId, ...context } = given ?? {};
  if (!workspaceId)
    throw new ProvisoError(`${toolName} writes, and no workspace is named for it. It was not queued.`, {
      code: 'NO_WORKSPACE',
    });
  const { id } = await client.pendingActions.create(
    {
      ...context,
      workspaceId,
      toolName,
      toolInput: input,
      preview: await previewOf(call, draw),
      ...(callId !== undefined && { metadata: { tool_call_id: callId.slice(0, METADATA_CHARS_MAX) } }),
    },
    { signal, idempotencyKey: await keyOf({ ...context, workspaceId }, call) },
  );
  if (mode === 'submit') return queued(id, toolName);
  try {
    return ended(id, await client.wait(id, { timeoutMs: waitMs, signal, workspaceId }));
  } catch {
    signal?.throwIfAborted();
    return queued(id, toolName); // it is recorded, whatever became of the wait
  }
}

/** Nothing that goes wrong with a card keeps a write from being reviewed. */
async function previewOf(call: NamedCall, draw: DrawPreview | undefined): Promise<Preview | undefined> {
  try {
    return draw && previewShape.parse(await draw(call.input as never, call));
  } catch {
    return undefined;
  }
}

/** Models number their calls anew in each conversation: the same call is the same id with the same input in one place. */
async function keyOf(context: GateContext, { callId, toolName, input }: NamedCall): Promise<string> {
  if (callId === undefined) return crypto.randomUUID();
  const { workspaceId, missionId, sessionId, runId } = context;
  const text = JSON.stringify([workspaceId, missionId, sessionId, runId, toolName, callId, input]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `call-${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
