import { ProtocolError, type CallToolResult, type InputRequiredResult } from '@modelcontextprotocol/client';
import type { JsonObject } from '@proviso/contracts';
import { done, refused, retry, unknown, type Outcome } from '@proviso/core/executor';
import { failureOf } from '../http/outcome.ts';
import type { Mask } from '../masking.ts';
import { oneLine } from '../one-line.ts';
import type { CallResult, McpSession } from './session.ts';

/**
 * JSON-RPC codes for a request that was not carried out: parse error, invalid request, unknown method, invalid params.
 */
const NOT_CARRIED_OUT = [-32_700, -32_600, -32_601, -32_602];

/** In `_meta` of a result with `isError`: the server states that the call changed nothing (docs/action-types.md). */
const NOTHING_DONE = 'proviso.dev/nothing-done';

/**
 * The outcome of a tool's answer. The protocol's error says that a tool failed, but not how far it came: libraries send
 * it for whatever a tool throws. A tool that asks for input has not carried out the call.
 */
export function resultOutcome(answer: CallResult, mask: Mask): Outcome {
  if (isAsking(answer))
    return refused(
      `The tool asked for input, which an approved call cannot give: ${questionsIn(answer, mask)}. ` +
        'Propose it again with everything that it needs in its arguments.',
    );
  const { content, structuredContent, isError, _meta } = answer;
  if (isError) {
    const words = textOf(content, mask);
    return _meta?.[NOTHING_DONE] === true
      ? refused(`The tool refused it: ${words}`)
      : unknown(`The tool failed, and does not say whether it did something: ${words}`);
  }
  const result = { content, ...(structuredContent !== undefined && { structured_content: structuredContent }) };
  return done(mask.value(result as JsonObject) as JsonObject);
}

const isAsking = (answer: CallResult): answer is InputRequiredResult => answer.resultType === 'input_required';

function textOf(content: CallToolResult['content'], mask: Mask): string {
  const texts = content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`));
  return oneLine(mask.text(texts.join(' '))) || 'it does not say why';
}

function questionsIn({ inputRequests = {} }: InputRequiredResult, mask: Mask): string {
  const questions = Object.values(inputRequests).map((asked) => {
    const { method, params } = asked as { method: string; params?: { message?: unknown } };
    return typeof params?.message === 'string' ? params.message : method;
  });
  return oneLine(mask.text(questions.join(' '))).replace(/[.?!]$/, '') || 'it does not say which';
}

/** The outcome of a failed call, from what was sent and what came back. */
export function failureOutcome(error: unknown, session: McpSession, mask: Mask): Outcome {
  if (!session.sent()) return retry('The MCP server cannot be reached.', { undone: true, unavailable: true });
  const answer = session.answer();
  // The session is over; the next attempt opens another one.
  if (answer?.status === 404) return retry('The MCP server no longer recognises the session.', { undone: true });
  if (answer?.status !== 429 && error instanceof ProtocolError && NOT_CARRIED_OUT.includes(error.code))
    return refused(`The MCP server refused it: ${oneLine(mask.text(error.message))}`);
  if (answer && !answer.ok) return failureOf('The MCP server', session);
  const words = error instanceof ProtocolError ? `: ${oneLine(mask.text(error.message))}` : '';
  return unknown(
    answer
      ? `The MCP server’s response does not say what happened to the call${words}; it may have called the tool.`
      : 'The MCP server did not answer; it may have called the tool.',
  );
}
