// Judges whether the service kept its promises, from the rows, the provider's own count and the clients' own records.
// It uses nothing that the service says about itself. Held by mutants.test.ts: each rule catches a bug made for it.
import { matchesBatchCount, matchesLog } from './acknowledged.ts';
import { byAction, type Evidence } from './evidence.ts';
import { RULES, type Case } from './rules.ts';

export interface Violation {
  promise: string;
  action: string | null;
  why: string;
}

export interface Verdict {
  /** Each promise, and in how many cases it was checked. */
  checked: Record<string, number>;
  violations: Violation[];
  /** Reported to people as "it may have happened". */
  unknown: number;
}

export function judge(evidence: Evidence): Verdict {
  const verdict: Verdict = { checked: {}, violations: [], unknown: 0 };
  const rows = new Map(evidence.actions.map((row) => [row.id, row]));
  const tell = (promise: string, action: string | null, faults: string[] | null): void => {
    if (faults === null) return;
    verdict.checked[promise] = (verdict.checked[promise] ?? 0) + 1;
    for (const why of faults) verdict.violations.push({ promise, action, why });
  };
  for (const record of evidence.records) tell(KEPT, record.action, matchesLog(record, evidence, rows));
  for (const batch of evidence.batches ?? []) tell(COUNTED, null, matchesBatchCount(batch, evidence));
  for (const [request, made] of byRequest(evidence)) tell(CREATED_ONCE, made[0] ?? null, isMadeOnce(request, made));
  for (const effect of evidence.effects)
    if (!rows.has(effect.action)) tell('nothing ran without being cleared', effect.action, ['there is no such action']);
  const records = byAction(evidence.records, ({ action }) => action ?? '');
  const effects = byAction(evidence.effects, ({ action }) => action);
  for (const row of evidence.actions) {
    const subject: Case = {
      row,
      events: evidence.events.get(row.id) ?? [],
      records: records.get(row.id) ?? [],
      effects: effects.get(row.id) ?? [],
      counted: evidence.counted.includes(row.type),
    };
    for (const [promise, rule] of Object.entries(RULES)) tell(promise, row.id, rule(subject, evidence));
    if (row.status_reason === 'outcome_unknown') verdict.unknown += 1;
  }
  return verdict;
}

const KEPT = 'what was acknowledged happened';
const COUNTED = 'a batch decided as many as it reported';
const CREATED_ONCE = 'one request created one action';

/** Clients put their request's key into the metadata of what they create. */
const byRequest = ({ actions }: Evidence): Map<string, string[]> => {
  const named = actions.filter(({ metadata }) => metadata.request !== undefined);
  const groups = byAction(named, ({ metadata, workspace_id }) => `${workspace_id} ${metadata.request}`);
  return new Map([...groups].map(([request, made]) => [request, made.map(({ id }) => id)]));
};

const isMadeOnce = (request: string, made: string[]): string[] =>
  made.length === 1 ? [] : [`${request} made ${made.length} actions`];
