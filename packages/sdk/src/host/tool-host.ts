// The receiving end of an approved call: verify, run once, answer. Held by test/unit/tool-host.test.ts.
import type { JsonObject } from '@proviso/contracts';
import { Webhook } from 'standardwebhooks';
import { originalOf, type Tool } from '../gate/tool.ts';
import { isTooLarge, NOT_RAW, errorAnswer, TOO_LARGE, type HostAnswer, type RawCall } from './answers.ts';
import { rememberCalls, type CallStore } from './call-store.ts';
import { createExpressHandler } from './express.ts';
import { createRunOnce } from './run-once.ts';

export interface HostedTool extends Tool<never> {
  /** May run again after an error of its own, as it was registered. */
  idempotent?: boolean | undefined;
}

export interface ToolHostOptions {
  /** The secret of the tool's registration; several if several tools, or an old and a new registration, call here. */
  secret: string | readonly string[];
  store?: CallStore;
  /** Called with a tool's error, and with the reason why a call could not be stored. Logs to the console by default. */
  onError?: (error: unknown) => void;
}

/**
 * Throw it from a tool that did nothing, and would do nothing if called again. The action fails with
 * `provider_refused`.
 */
export class ToolRefused extends Error {
  override readonly name = 'ToolRefused';
}

export interface ToolHost {
  /** For servers based on Request and Response. */
  fetch(request: Request): Promise<Response>;
  /** For Express and plain Node servers. It reads the raw body: mount it before `express.json()`. */
  express: ReturnType<typeof createExpressHandler>;
}

interface ApprovedCall {
  tool: string;
  input: JsonObject;
  action_id: string;
  workspace_id: string;
  mission_id: string | null;
  session_id: string | null;
}

/** Runs the original tools, each approved action once. */
export function toolHost(tools: Iterable<HostedTool>, options: ToolHostOptions): ToolHost {
  const hosted = [...tools];
  const byName = new Map(hosted.map((tool) => [tool.name, tool]));
  if (byName.size < hosted.length) throw new TypeError('Two tools have the same name.');
  const webhooks = [options.secret].flat().map((secret) => new Webhook(secret));
  const { store = rememberCalls(), onError = (error) => console.error(error) } = options; // oxlint-disable-line no-console
  const runOnce = createRunOnce(store, onError);

  const answer = async (raw: RawCall): Promise<HostAnswer> => {
    if (!webhooks.some((webhook) => isSigned(webhook, raw)))
      return errorAnswer(
        401,
        'Nothing ran: the signature does not match. Check the secret, and the clock of this host.',
      );
    const call = read(raw);
    if (!call) return errorAnswer(400, 'Nothing ran: the call could not be parsed.');
    const tool = byName.get(call.tool);
    if (!tool) return errorAnswer(404, `Nothing ran: this host has no tool ${call.tool}.`);
    return runOnce(call.action_id, tool, () => run(tool, call, onError));
  };

  const answerTo = async (request: Request, header: RawCall['header']): Promise<HostAnswer> => {
    if (isTooLarge(header('content-length'))) return TOO_LARGE;
    if (request.bodyUsed) return NOT_RAW;
    return answer({ body: await request.text(), header });
  };

  return {
    async fetch(request) {
      const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
      const { status, body: said } = await answerTo(request, header);
      return new Response(said, { status, headers: { 'content-type': 'application/json' } });
    },
    express: createExpressHandler({ answer, onError }),
  };
}

function isSigned(webhook: Webhook, { body, header }: RawCall): boolean {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const headers = Object.fromEntries(names.map((name) => [name, header(name) ?? '']));
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** The signed id names the action, and the body must agree. */
function read({ body, header }: RawCall): ApprovedCall | undefined {
  try {
    const call = JSON.parse(body) as Partial<ApprovedCall> | null;
    const fits = typeof call?.tool === 'string' && typeof call.input === 'object' && call.input !== null;
    return fits && call.action_id === header('webhook-id') ? (call as ApprovedCall) : undefined;
  } catch {
    return undefined;
  }
}

/** A tool that throws may have acted; only ToolRefused says that it has not. */
async function run(tool: HostedTool, call: ApprovedCall, onError: (error: unknown) => void): Promise<HostAnswer> {
  const { action_id: actionId, workspace_id: workspaceId, mission_id: missionId, session_id: sessionId } = call;
  const original = originalOf<Tool<never>>(tool);
  try {
    const action = { actionId, workspaceId, missionId, sessionId };
    const result = await original.execute(call.input as never, { callId: actionId, action });
    return { status: 200, body: textOf(result, onError) };
  } catch (error) {
    if (error instanceof ToolRefused) return errorAnswer(422, error.message);
    onError(error);
    return errorAnswer(500, 'The tool failed.');
  }
}

/** It has happened, even if its result cannot be serialised. */
function textOf(result: unknown, onError: (error: unknown) => void): string {
  try {
    return JSON.stringify(result ?? {});
  } catch (error) {
    onError(error);
    return JSON.stringify({ not_json: true });
  }
}
