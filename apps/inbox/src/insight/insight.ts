// What recorded actions say of how deciding goes. Held by apps/inbox/test/unit/insight.test.ts.
import type { Action } from '@proviso/contracts';
import { groupBy } from './group-by.ts';

export interface Share {
  type: string;
  agentId: string | null;
  agent: string;
  decided: number;
  edited: number;
  rejected: number;
  /** Of all that is not waiting: started without a person. */
  byRule: number;
  /** From the proposal to the decision; null = none was decided. */
  medianMs: number | null;
  slowestMs: number | null;
}

export interface Day {
  /** The day's beginning, in seconds. */
  at: number;
  proposed: number;
  decided: number;
}

export interface Insight {
  shares: Share[];
  days: Day[];
  /** How many wait for less than each age, and longer than the one before. */
  waiting: { belowMs: number; count: number }[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const AGES_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS, Infinity];
const SLOWEST_SHARE = 0.9;

export function insightOf(actions: Action[], now: number): Insight {
  return { shares: sharesOf(actions), days: daysOf(actions), waiting: waitingOf(actions, now) };
}

/** By agent and type, those with most decisions first. */
function sharesOf(actions: Action[]): Share[] {
  const groups = groupBy(actions, ({ type, created_by }) => `${created_by.id} ${type}`);
  const shares = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const decided = group.flatMap(({ approval, created_at }) =>
      approval ? [{ ...approval, tookMs: Date.parse(approval.at) - Date.parse(created_at) }] : [],
    );
    const took = decided.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
    return [
      {
        type: first.type,
        agentId: first.agent_id,
        agent: first.created_by.name,
        decided: decided.length,
        edited: decided.filter(({ edits }) => edits !== null).length,
        rejected: decided.filter(({ decision }) => decision === 'reject').length,
        byRule: group.filter(startedByRule).length,
        medianMs: took[Math.floor(took.length / 2)] ?? null,
        slowestMs: took[Math.floor(took.length * SLOWEST_SHARE)] ?? null,
      },
    ];
  });
  return shares
    .filter(({ decided, byRule }) => decided + byRule > 0)
    .toSorted((one, other) => other.decided - one.decided);
}

const startedByRule = ({ approval, status }: Action): boolean =>
  approval === null && ['auto_approved', 'running', 'completed', 'failed'].includes(status);

/** Every day from the first proposal to the last, also those on which nothing happened. */
function daysOf(actions: Action[]): Day[] {
  const dayOf = (time: string): number => new Date(time).setHours(0, 0, 0, 0);
  const proposed = groupBy(actions, ({ created_at }) => dayOf(created_at));
  const decided = groupBy(
    actions.filter(({ approval }) => approval !== null),
    ({ approval }) => dayOf(approval?.at ?? ''),
  );
  const known = [...proposed.keys(), ...decided.keys()];
  if (known.length === 0) return [];
  const days: Day[] = [];
  const last = Math.max(...known);
  // Not by adding a day's length: a day is an hour longer or shorter twice a year.
  for (const day = new Date(Math.min(...known)); day.getTime() <= last; day.setDate(day.getDate() + 1)) {
    const at = day.getTime();
    days.push({ at: at / 1000, proposed: proposed.get(at)?.length ?? 0, decided: decided.get(at)?.length ?? 0 });
  }
  return days;
}

function waitingOf(actions: Action[], now: number): Insight['waiting'] {
  const ages = actions
    .filter(({ status }) => status === 'pending_approval')
    .map(({ created_at }) => now - Date.parse(created_at));
  return AGES_MS.map((belowMs, at) => ({
    belowMs,
    count: ages.filter((age) => age < belowMs && age >= (AGES_MS[at - 1] ?? -Infinity)).length,
  }));
}
