import type { JsonObject, JsonValue } from '@proviso/contracts';
import type { Ending } from './ending.ts';
import { fitInto } from './fit.ts';

const MESSAGE_CHARS_MAX = 1_000;
const RESULT_BYTES_MAX = 256 * 1024;
const DELAY_MS_MIN = 1_000;
const DELAY_MS_MAX = 30 * 86_400_000;

/** What an executor said, as PostgreSQL can keep it: a known outcome must not get lost over a stray character. */
export function storable(ending: Ending): Ending {
  const said = { ...ending };
  if ('message' in said) said.message = clean(said.message).slice(0, MESSAGE_CHARS_MAX).toWellFormed();
  if ('afterMs' in said && said.afterMs !== undefined) {
    const reserved = said.kind === 'later' && said.exact;
    said.afterMs = reserved ? Math.ceil(said.afterMs) : delay(said.afterMs);
  }
  if (said.kind === 'done') said.result = resultOf(said.result);
  if (said.kind === 'settled' && said.settlement.kind === 'done')
    said.settlement = { kind: 'done', result: resultOf(said.settlement.result) };
  if (said.kind === 'stale') said.changes = [said.changes].flat().map((change) => clean(change));
  return said;
}

/** Also of what only calls itself text: whoever wrote an executor may not have had a compiler. */
const clean = (text: unknown): string => String(text).replaceAll('\u0000', '').toWellFormed();

const delay = (ms: number): number =>
  Number.isFinite(ms) ? Math.round(Math.min(Math.max(ms, DELAY_MS_MIN), DELAY_MS_MAX)) : DELAY_MS_MAX;

function resultOf(result: unknown): JsonObject {
  try {
    const text =
      JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? '{}';
    const kept = cleanDeep(JSON.parse(text) as JsonValue);
    return fitInto(
      typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? kept : { value: kept },
      RESULT_BYTES_MAX,
    );
  } catch {
    return { not_storable: true }; // in a circle, or nested too deeply to be walked
  }
}

function cleanDeep(value: JsonValue): JsonValue {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(cleanDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [clean(key), cleanDeep(child)]));
}
