import type { JsonObject, JsonValue } from '@proviso/contracts';
import type { RunResult } from './run-result.ts';
import { truncateResult } from './truncate-result.ts';

const MESSAGE_CHARS_MAX = 1_000;
const RESULT_BYTES_MAX = 256 * 1024;
const DELAY_MS_MIN = 1_000;
const DELAY_MS_MAX = 30 * 86_400_000;

/** Makes an executor's result safe for PostgreSQL: a stray character must not lose a known outcome. */
export function sanitizeResult(given: RunResult): RunResult {
  const result = { ...given };
  if ('message' in result) result.message = clean(result.message).slice(0, MESSAGE_CHARS_MAX).toWellFormed();
  if ('afterMs' in result && result.afterMs !== undefined) {
    const reserved = result.kind === 'later' && result.exact;
    result.afterMs = reserved ? Math.ceil(result.afterMs) : delay(result.afterMs);
  }
  if (result.kind === 'done') result.result = resultOf(result.result);
  if (result.kind === 'reconciled' && result.reconciliation.kind === 'done')
    result.reconciliation = { kind: 'done', result: resultOf(result.reconciliation.result) };
  if (result.kind === 'stale') result.changes = [result.changes].flat().map((change) => clean(change));
  return result;
}

/** Also handles values that are no strings, because an executor may be written without a type checker. */
const clean = (text: unknown): string => String(text).replaceAll('\u0000', '').toWellFormed();

const delay = (ms: number): number =>
  Number.isFinite(ms) ? Math.round(Math.min(Math.max(ms, DELAY_MS_MIN), DELAY_MS_MAX)) : DELAY_MS_MAX;

function resultOf(result: unknown): JsonObject {
  try {
    const text =
      JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? '{}';
    const kept = cleanDeep(JSON.parse(text) as JsonValue);
    return truncateResult(
      typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? kept : { value: kept },
      RESULT_BYTES_MAX,
    );
  } catch {
    return { not_storable: true }; // it is circular, or nested too deeply to walk
  }
}

function cleanDeep(value: JsonValue): JsonValue {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(cleanDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [clean(key), cleanDeep(child)]));
}
