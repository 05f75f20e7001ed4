import type { JsonValue } from '@proviso/contracts';
import type { HttpFake } from '@proviso/testing/providers/http-fake';

/** Headers that say how it is sent and by whom, and nothing of what. */
const TRANSPORT =
  /^(accept(-.*)?|authorization|connection|content-(length|type)|host|idempotency-key|sec-fetch-mode|transfer-encoding|user-agent|webhook-(id|timestamp|signature)|x-api-key)$/;

/** Objects whose names somebody chose. */
const NAMED = ['properties', 'arguments', 'input'];

/** Every text, number and flag in it, and the names that somebody chose. */
export function leavesOf(value: JsonValue | undefined): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return Object.entries(value).flatMap(([key, each]) => [
    ...(NAMED.includes(key) && typeof each === 'object' && each !== null ? Object.keys(each) : []),
    ...leavesOf(each),
  ]);
}

/** What came in: of each request its query, its body and its headers but for those of the transport. */
export const sentTo = ({ requests }: Pick<HttpFake, 'requests'>): string[] =>
  requests.flatMap(({ query, headers, body }) => [
    ...query.values(),
    ...Object.entries(headers).flatMap(([name, value]) => (TRANSPORT.test(name) ? [] : [String(value)])),
    ...bodyOf(body),
  ]);

function bodyOf(body: string): string[] {
  if (body === '') return [];
  if (body.startsWith('{')) return leavesOf(JSON.parse(body) as JsonValue);
  return [...new URLSearchParams(body).values()].flatMap((value) => (value.startsWith('{') ? bodyOf(value) : [value]));
}
