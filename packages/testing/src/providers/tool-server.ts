import { createHmac, timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import { startHttpFake, type FakeReply, type FakeRequest, type HttpFake } from './http-fake.ts';

/** One call that the tool has processed. */
export interface ToolCall {
  /** The webhook-id: the action's id. */
  id: string;
  body: JsonObject;
}

/** Faults are armed for `/call`, where its `url` ends. */
export interface ToolServer extends HttpFake {
  /** The effects. */
  calls: ToolCall[];
}

export interface ToolServerOptions {
  /** `whsec_…`, read at each call: a test may learn it after the start. */
  secret: () => string;
  /** A call with a known webhook-id gets the first one's result, and has no second effect. */
  deduplicates?: boolean;
}

const TOLERANCE_S = 300;

/**
 * A server for workspaces' tools. It verifies calls by Standard Webhooks, with independent code, and answers what it
 * did.
 */
export async function startToolServer({ secret, deduplicates }: ToolServerOptions): Promise<ToolServer> {
  const calls: ToolCall[] = [];
  const handle = (request: FakeRequest): FakeReply => {
    if (!isSigned(request, secret())) return { status: 401, body: { error: 'no valid signature' } };
    const body = JSON.parse(request.body) as JsonObject;
    const call = { id: String(request.headers['webhook-id']), body };
    const known = deduplicates ? calls.find(({ id }) => id === call.id) : undefined;
    if (!known) calls.push(call);
    return { status: 200, body: resultOf(known ?? call) };
  };
  const fake = await startHttpFake({ handle, tooMany: { status: 429 } });
  return { ...fake, url: `${fake.url}/call`, calls };
}

const resultOf = ({ body: { tool = null, input = null } }: ToolCall): JsonObject => ({ did: tool, with: input });

/** HMAC-SHA256 over `id.timestamp.body`, recent enough, with the key in `whsec_`. */
function isSigned({ headers, body }: FakeRequest, secret: string): boolean {
  const [id, timestamp, given] = ['id', 'timestamp', 'signature'].map((name) => String(headers[`webhook-${name}`]));
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  const signatures = (given ?? '').split(' ').map((signature) => Buffer.from(signature));
  return signatures.some((signature) => signature.length === right.length && timingSafeEqual(signature, right));
}
