import { ProtocolError } from '@modelcontextprotocol/client';
import type { JsonObject } from '@proviso/contracts';
import { done, refused, retry, unknown, type Outcome } from '@proviso/core/executor';
import type { Mask } from '../masking.ts';
import { shownText } from '../shown-text.ts';
import type { CallResult, McpSession } from './session.ts';

/** JSON-RPC's words for a request that was not carried out: parse error, invalid request, no such method, invalid params. */
const NOT_CARRIED_OUT = [-32_700, -32_600, -32_601, -32_602];
const SLOW_DOWN_MS = 30_000;

/** What the tool answered. An error is the tool's own word that it did not do it. */
export function resultOutcome({ content, structuredContent, isError }: CallResult, mask: Mask): Outcome {
  if (isError) return refused(`The tool refused it: ${textOf(content, mask)}`);
  const result = { content, ...(structuredContent !== undefined && { structured_content: structuredContent }) };
  return done(mask.value(result as JsonObject) as JsonObject);
}

function textOf(content: CallResult['content'], mask: Mask): string {
  const texts = content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`));
  return shownText(mask.text(texts.join(' '))) || 'it does not say why';
}

/** What a failed call means: what left, and what came back. */
export function failureOutcome(error: unknown, session: McpSession, mask: Mask): Outcome {
  if (!session.sent()) return retry('The MCP server cannot be reached.', { undone: true });
  const { status, retryAfter } = session.answer() ?? {};
  if (status === 429) return retry('The MCP server asks to slow down.', { undone: true, afterMs: msOf(retryAfter) });
  // The session is over, and the next attempt has another one.
  if (status === 404) return retry('The MCP server knows the session no more.', { undone: true });
  if (error instanceof ProtocolError && NOT_CARRIED_OUT.includes(error.code))
    return refused(`The MCP server refused it: ${shownText(mask.text(error.message))}`);
  if (status !== undefined && status >= 400 && status < 500) return refused(`The MCP server answered ${status}.`);
  if (status !== undefined && status >= 500) return retry(`The MCP server answered ${status}.`, { undone: false });
  return unknown('The MCP server did not answer; it may have called the tool.');
}

const msOf = (seconds: string | null | undefined): number =>
  /^\d{1,6}$/.test(seconds ?? '') ? Math.max(Number(seconds), 1) * 1_000 : SLOW_DOWN_MS;
