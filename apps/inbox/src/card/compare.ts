// How a proposal differs from what the same person approved before. Only recorded decisions count. Held by
// apps/inbox/test/unit/compare.test.ts.
import type { Action, JsonValue } from '@proviso/contracts';
import { leavesOf } from './uncovered.ts';

export interface Comparison {
  /** How many approvals it was compared with. */
  count: number;
  /** Params whose value none of those had, where those mostly had one and the same. */
  differs: { path: string; value: JsonValue; before: JsonValue }[];
}

/** With fewer approvals, nothing counts as usual. */
const APPROVALS_MIN = 3;
/** The share of those approvals in which a param must have had one value to count as its usual value. */
const USUAL_SHARE = 0.9;

/** Of approvals of the type by one person; null = too few to compare with. */
export function compare(action: Pick<Action, 'params'>, approved: Pick<Action, 'params'>[]): Comparison | null {
  if (approved.length < APPROVALS_MIN) return null;
  const earlier = approved.map(({ params }) => new Map(leavesOf(params).map(({ path, value }) => [path, value])));
  const now = new Map(leavesOf(action.params).map(({ path, value }) => [path, value]));
  const paths = new Set([...now.keys(), ...earlier.flatMap((leaves) => [...leaves.keys()])]);
  const differs = [...paths].flatMap((path) => {
    const usual = usualOf(earlier.map((leaves) => leaves.get(path) ?? null));
    const value = now.get(path) ?? null;
    return usual === undefined || usual === value ? [] : [{ path, value, before: usual }];
  });
  return { count: approved.length, differs };
}

/** Undefined = there is no usual value: it differs from one to the next. */
function usualOf(values: JsonValue[]): JsonValue | undefined {
  const counts = new Map<JsonValue, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[value, count] = [null, 0]] = [...counts].toSorted(([, one], [, other]) => other - one);
  return count >= values.length * USUAL_SHARE ? value : undefined;
}
