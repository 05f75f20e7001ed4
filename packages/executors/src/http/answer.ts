// Reads an answer for every provider. The status counts even if the body cannot be read, the body is bounded and
// masked, and nothing in it throws. Held by http-answers.test.ts.
import type { JsonObject, JsonValue } from '@proviso/contracts';
import type { Mask } from '../masking.ts';
import { oneLine } from '../one-line.ts';

export interface HttpAnswer {
  status: number;
  /** 2xx. */
  ok: boolean;
  headers: [string, string][];
  /** Parsed and masked; undefined = not JSON. */
  body: JsonValue | undefined;
  /** Unparsed and masked. */
  text: string;
  /** Why the body ended early. */
  brokenBy?: unknown;
  /** How long it asks to wait. */
  retryAfterMs?: number;
}

/** What answers of undici and of the global fetch have in common. */
interface Arrived {
  status: number;
  ok: boolean;
  headers: { get(name: string): string | null } & Iterable<[string, string]>;
  body: AsyncIterable<Uint8Array> | null;
}

/** Reads an answer. Never throws: the result keeps the status and says what could not be read. */
export async function readAnswer(arrived: Arrived, mask: Mask): Promise<HttpAnswer> {
  const { status, ok, headers } = arrived;
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), headers.get('date'));
  const { text, ...broken } = await textOf(arrived.body);
  const body = 'brokenBy' in broken ? undefined : parsed(text, mask);
  return {
    status,
    ok,
    headers: [...headers],
    body,
    text: mask.text(text),
    ...broken,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<{ text: string; brokenBy?: unknown }> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) text += decoder.decode(chunk, { stream: true });
    return { text: text + decoder.decode() };
  } catch (brokenBy) {
    return { text, brokenBy };
  }
}

function parsed(text: string, mask: Mask): JsonValue | undefined {
  try {
    return mask.value(JSON.parse(text) as JsonValue);
  } catch {
    return undefined; // not JSON, or nested too deeply to walk
  }
}

/** Turns an answer back into a Response, for a client that parses it. Throws if the body broke off. */
export function toResponse({ status, headers, body, text, brokenBy }: HttpAnswer): Response {
  if (brokenBy !== undefined) throw new Error('the answer broke off', { cause: brokenBy });
  const content = body === undefined ? text : JSON.stringify(body);
  const kept = headers.filter(([name]) => !/^content-(?:encoding|length)$/i.test(name));
  return new Response(content === '' ? null : content, { status, headers: kept });
}

/** The body if it is an object, else an empty one. */
export const objectIn = ({ body }: Pick<HttpAnswer, 'body'>): JsonObject => (isObject(body) ? body : {});

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

/** In seconds, or as a date relative to the answer's own: neither needs this machine's clock. */
export function readRetryAfter(wish: string | null, date: string | null): number | undefined {
  if (!wish) return undefined;
  const ms = /^\d{1,9}$/.test(wish.trim()) ? Number(wish) * 1_000 : Date.parse(wish) - Date.parse(date ?? '');
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 1_000), RETRY_AFTER_MAX_MS) : undefined;
}

/** The provider's own words for people, in one bounded tracker; empty if there are none, as in a proxy's page. */
export function wordsOf({ body, text, headers }: Pick<HttpAnswer, 'body' | 'text' | 'headers'>): string {
  if (body !== undefined) return oneLine(messageIn(body));
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return /html|xml/i.test(type) || /^\s*[<{[]/.test(text) ? '' : oneLine(text);
}

const HEADLINES = ['message', 'detail', 'error_description', 'error', 'title', 'reason', 'description'];
const LABELS = ['category', 'name', 'code'];

const DEPTH_MAX = 4;

/** The message and reasons in a body, by the names that APIs commonly use; else the whole body. */
function messageIn(body: JsonValue, depth = 0): string {
  if (depth > DEPTH_MAX) return '';
  if (Array.isArray(body)) return listed(body, depth);
  if (!isObject(body)) return String(body ?? '');
  const headline = HEADLINES.map((name) => body[name])
    .map((value) => (isObject(value) || typeof value === 'string' ? messageIn(value, depth + 1) : ''))
    .find((words) => words !== '');
  const label = LABELS.map((name) => body[name]).find((value) => typeof value === 'string' && value !== headline);
  const reasons = [body.errors, body.details].map((each) => (Array.isArray(each) ? listed(each, depth) : ''));
  const parts = [label, headline, ...reasons].filter((part): part is string => typeof part === 'string' && part !== '');
  if (parts.length > 0) return [...new Set(parts)].join(': ');
  return Object.keys(body).length === 0 ? '' : JSON.stringify(body);
}

const REASONS_MAX = 5;

const listed = (reasons: JsonValue[], depth: number): string =>
  [...new Set(reasons.slice(0, REASONS_MAX).map((reason) => messageIn(reason, depth + 1)))].join('; ');
