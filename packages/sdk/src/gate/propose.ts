// Turns a write into a proposal. Held by test/unit/gated.test.ts, and by tests/stories/sdk-agents.test.ts end to end.
import { preview as previewShape, type Action, type JsonObject, type Preview } from '@proviso/contracts';
import { canonicalize } from 'json-canonicalize';
import type { Client } from '../client/client.ts';
import { ProvisoError } from '../client/errors.ts';
import { answerOf, unfinished, unreadable, type Answer } from './answer.ts';
import type { NamedCall } from './tool.ts';

const WAIT_MS = 30_000;
const METADATA_CHARS_MAX = 500;
/** How long an aborted call may take to withdraw its proposal. */
const ABORT_GRACE_MS = 5_000;

/** The context of a proposal. The model has no influence on it. */
export interface GateContext {
  /** The client's by default. */
  workspaceId?: string | undefined;
  missionId?: string | undefined;
  sessionId?: string | undefined;
  runId?: string | undefined;
  /** Required if the workspace has several that fit. */
  identityId?: string | undefined;
}

export interface Gate {
  client: Client;
  /**
   * `submit`, the default, reports at once that the write is queued. `wait` waits for the outcome up to `waitMs`, and
   * then reports the status.
   */
  mode?: 'submit' | 'wait' | undefined;
  /** 30 s by default. */
  waitMs?: number | undefined;
  context?: GateContext | ((call: NamedCall) => GateContext | Promise<GateContext>) | undefined;
}

/**
 * Renders what a reviewer sees of a call. The same input must render the same preview. Without one, the service lists
 * every field.
 */
export type RenderPreview<Input = never> = (input: Input, call: NamedCall) => Preview | Promise<Preview>;

/**
 * Records a write, and does nothing else. Throws if it could not be recorded: then nothing is queued. An aborted call
 * withdraws its proposal; if that is too late, it throws ABORTED with the action's id.
 */
export async function propose(gate: Gate, call: NamedCall, render?: RenderPreview): Promise<Answer> {
  const { client, mode = 'submit', waitMs = WAIT_MS } = gate;
  const { toolName, signal } = call;
  const given = typeof gate.context === 'function' ? await gate.context(call) : gate.context;
  const context = { ...given, workspaceId: given?.workspaceId ?? client.workspaceId };
  const { workspaceId } = context;
  if (!workspaceId)
    throw new ProvisoError(`${toolName} writes, but no workspace is set for it. It was not queued.`, {
      code: 'NO_WORKSPACE',
    });
  signal?.throwIfAborted();
  const { id, known } = await record(client, { ...context, workspaceId }, call, render);
  const read = (timeoutMs: number): Promise<Answer> =>
    readAnswer(client, { id, toolName, signal, workspaceId, timeoutMs });
  if (!signal?.aborted && mode === 'submit') return known ? read(0) : unfinished(id, toolName);
  const answer = signal?.aborted ? undefined : await read(waitMs);
  if (answer && !signal?.aborted) return answer;
  throw known ? aborted(id, signal?.reason) : await withdraw(client, { id, workspaceId, reason: signal?.reason });
}

interface Recorded {
  id: string;
  /** The service already had the call: it was proposed before, and may be in any state. */
  known: boolean;
}

/** Sent to its end even if the call is aborted meanwhile: what was started must be known to be withdrawn. */
async function record(
  client: Client,
  context: GateContext & { workspaceId: string },
  call: NamedCall,
  render?: RenderPreview,
): Promise<Recorded> {
  const { toolName, callId, signal } = call;
  const input = JSON.parse(canonicalize(JSON.parse(JSON.stringify(call.input)))) as JsonObject;
  const body = {
    ...context,
    toolName,
    toolInput: input,
    preview: await previewOf({ ...call, input }, render),
    ...(callId !== undefined && { metadata: { tool_call_id: callId.slice(0, METADATA_CHARS_MAX) } }),
  };
  let known = false;
  const onReply = ({ headers }: Pick<Response, 'headers'>): void => {
    known = headers.get('idempotency-replayed') === 'true';
  };
  const idempotencyKey = await keyOf(context, { ...call, input });
  const { id } = await client.pendingActions
    .create(body, { signal: afterGrace(signal), idempotencyKey, onReply })
    .catch((error: unknown) => {
      throw signal?.aborted ? aborted(undefined, signal.reason) : error;
    });
  return { id, known };
}

/** Aborts a little later than the signal. */
function afterGrace(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (!signal) return undefined;
  const late = new AbortController();
  const begin = (): void => {
    setTimeout(() => late.abort(signal.reason), ABORT_GRACE_MS).unref?.();
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return late.signal;
}

interface Reading {
  id: string;
  toolName: string;
  workspaceId: string;
  signal?: AbortSignal | undefined;
  timeoutMs: number;
}

/** The state of the proposal, as far as the service reports it. It is recorded even if the wait fails. */
async function readAnswer(client: Client, { id, toolName, ...options }: Reading): Promise<Answer> {
  try {
    return answerOf(id, await client.wait(id, options));
  } catch (error) {
    const { action } = (error ?? {}) as { action?: unknown };
    return action ? unfinished(id, toolName, action as Action) : unreadable(id, toolName);
  }
}

/** What the aborted call throws: its signal's reason if the proposal is withdrawn, else ABORTED with its id. */
async function withdraw(
  client: Client,
  { id, workspaceId, reason }: { id: string; workspaceId: string; reason: unknown },
): Promise<unknown> {
  return client.actions.cancel(id, { workspaceId, timeoutMs: ABORT_GRACE_MS }).then(
    () => reason,
    () => aborted(id, reason),
  );
}

const aborted = (actionId: string | undefined, cause: unknown): ProvisoError =>
  new ProvisoError(
    actionId === undefined
      ? 'The call was aborted while it was being proposed. It may be queued: check the pending actions.'
      : `The call was aborted, and ${actionId} is still proposed and may run. Cancel it, or check its status.`,
    { code: 'ABORTED', actionId, cause },
  );

/** A failed preview does not keep a write from being reviewed. */
async function previewOf(call: NamedCall, render: RenderPreview | undefined): Promise<Preview | undefined> {
  try {
    return render && previewShape.parse(await render(call.input as never, call));
  } catch {
    return undefined;
  }
}

/** Models number their calls anew in each conversation: a call is the same if its id, its input and its context are. */
async function keyOf(context: GateContext, { callId, toolName, input }: NamedCall): Promise<string> {
  if (callId === undefined) return crypto.randomUUID();
  const { workspaceId, missionId, sessionId, runId } = context;
  const text = canonicalize(
    [workspaceId, missionId, sessionId, runId, toolName, callId, input].map((part) => part ?? null),
  );
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `call-${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
