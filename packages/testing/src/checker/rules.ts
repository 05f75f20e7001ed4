// What must hold for every action, whatever clients did and whichever processes died.
import { isCleared, isTerminal, type JsonObject } from '@proviso/contracts';
import { effectiveParams, sameJson, type ActionEvent, type ActionRow } from '@proviso/core';
import type { ClientRecord, Effect, Evidence, Told } from './evidence.ts';
import { replay } from './replay.ts';

/** Everything that is known about one action. */
export interface Case {
  row: ActionRow;
  events: readonly ActionEvent[];
  records: readonly ClientRecord[];
  effects: readonly Effect[];
  counted: boolean;
}

/** The faults of one case; empty = the promise was kept; null = the rule does not apply. */
export type Rule = (subject: Case, evidence: Evidence) => string[] | null;

const acknowledged = ({ records }: Case, ...verbs: ClientRecord['verb'][]): ClientRecord[] =>
  records.filter((record) => verbs.includes(record.verb) && record.told);

const only = (fault: string | false | undefined): string[] => (fault ? [fault] : []);

/** Whether `whole` contains all of `part`. */
const isIn = (part: JsonObject, whole: JsonObject): boolean =>
  Object.entries(part).every(([name, value]) => name in whole && sameJson(value, whole[name]));

export const RULES: Record<string, Rule> = {
  'the log replays to the row': ({ row, events }) => replay(row, events),

  'what was created is what was sent': (subject) => {
    const [created] = acknowledged(subject, 'create');
    if (!created) return null;
    const { row } = subject;
    const sent = (created.sent.params ?? {}) as JsonObject;
    return only(!isIn(sent, row.original_params ?? row.params) && 'its first proposal is not what the client sent');
  },

  'one decision each': (subject) => {
    const decisions = acknowledged(subject, 'approve', 'reject', 'edit', 'run_now').filter(
      ({ verb, told: answer }) => verb !== 'run_now' || wasApproval(subject, answer?.version),
    );
    const decided = subject.events.filter(({ event }) => /approved|rejected/.test(event)).length;
    const allowed = 1 + subject.events.filter(({ event }) => /returned_to_review|recalled/.test(event)).length;
    const requests = new Set(decisions.map(({ request }) => request)).size;
    if (requests === 0 && decided === 0) return null;
    return [
      ...only(requests > decided && `${requests} clients were told that they decided, and ${decided} decisions count`),
      ...only(decided > allowed && `${decided} decisions, and it waited for one ${allowed} times`),
    ];
  },

  'nothing ran without being cleared': ({ row, events, effects, records }) => {
    const claims = events.filter(({ event }) => event === 'action.claimed');
    if (claims.length === 0 && effects.length === 0) return null;
    const asked = records.some(({ verb, sent }) => verb === 'create' && sent.require_approval === true);
    const cleared = events.findIndex(({ status }) => isCleared(status));
    const claimed = events.findIndex(({ event }) => event === 'action.claimed');
    const approvers = records.filter(
      ({ verb, workspace }) =>
        workspace === row.workspace_id && ['approve', 'edit', 'run_now', 'update'].includes(verb),
    );
    return [
      ...only(claimed < 0 && 'it had an effect but was not claimed'),
      ...only(cleared < 0 && 'it ran but was not cleared'),
      ...only(claimed >= 0 && claimed < cleared && 'it was claimed before it was cleared'),
      ...only(asked && approvers.length === 0 && 'it waited for an approval, and no client gave one'),
      ...only(effects.length > 0 && row.started_at === null && 'it had an effect, and it never started'),
    ];
  },

  'an api claimed what it reported as run': (subject) => {
    const runs = acknowledged(subject, 'process').length;
    if (runs === 0) return null;
    const claims = subject.events.filter(
      ({ event, actor }) => event === 'action.claimed' && actor.id.startsWith('api '),
    );
    return only(claims.length < runs && `${runs} answers say that they ran it, and ${claims.length} claims are theirs`);
  },

  'nothing ran early': ({ row, events, effects, records }) => {
    const ranNow = records.some(({ verb }) => verb === 'run_now');
    const faults: string[] = [];
    let dueAt = row.created_at.getTime();
    let asked = askedFor(events, row);
    let first = Infinity;
    for (const { event, at, data } of events) {
      const changes = (data.changes ?? {}) as JsonObject;
      // A new time also ends the wait after a failed attempt.
      if ('scheduled_time' in changes) [asked, dueAt] = [timeOf(changes.scheduled_time), 0];
      if (event === 'action.released' || (event === 'action.approved' && ranNow)) [asked, dueAt] = [null, 0];
      if (event === 'action.retried') dueAt = at.getTime() + Number(data.delay_ms);
      if (event !== 'action.claimed') continue;
      first = Math.min(first, at.getTime());
      const earlyMs = Math.max(dueAt, asked ?? 0) - at.getTime();
      if (earlyMs > CLOCK_TOLERANCE_MS) faults.push(`it was claimed ${earlyMs} ms before it was due`);
    }
    for (const { at } of effects)
      if (first - at.getTime() > CLOCK_TOLERANCE_MS) faults.push('its effect came before it was claimed');
    return first === Infinity && effects.length === 0 ? null : faults;
  },

  'what ran is what was approved': (subject) => {
    const { row, effects, events } = subject;
    if (effects.length === 0) return null;
    const faults = effects.flatMap(({ said }) =>
      only(!isIn(said, effectiveParams(row)) && `what arrived is not in the row: ${JSON.stringify(said)}`),
    );
    const approval = events.findLast(({ event }) => event === 'action.approved');
    const decided = acknowledged(subject, 'approve', 'edit').find(
      ({ told: answer }) => answer && approval && isAbout(answer, approval),
    );
    if (!decided?.saw) return faults;
    const approved = { ...decided.saw, ...(decided.sent.edits as JsonObject | undefined) };
    const other = effects.find(({ said }) => !isIn(said, approved));
    return other ? [...faults, `what arrived is not what the client approved: ${JSON.stringify(other.said)}`] : faults;
  },

  'no effect happened twice': ({ effects, counted }) => {
    if (!counted) return null;
    const identities = effects.map(({ identity }) => identity);
    const repeated = identities.find((identity, index) => identities.indexOf(identity) !== index);
    return [
      ...only(repeated !== undefined && `two effects with the identity ${repeated}`),
      ...only(effects.length > 1 && `${effects.length} effects of one action`),
    ];
  },

  'the outcome is true': ({ row, events, effects, counted }) => {
    if (!counted || !isTerminal(row.status)) return null;
    if (row.status_reason === 'outcome_unknown')
      return only(!events.some(({ event }) => event === 'action.claimed') && 'unknown, and it was never tried');
    const expected = row.status === 'completed' ? 1 : 0;
    return only(effects.length !== expected && `it is ${row.status}, and it had ${effects.length} effects`);
  },

  'nothing keeps running after its lease': ({ row }, { now, graceMs }) => {
    if (row.status !== 'running') return null;
    const deadMs = now.getTime() - (row.lease_until?.getTime() ?? 0);
    return only(deadMs > graceMs && `its lease has been over for ${deadMs} ms`);
  },

  'nothing is forgotten': ({ row }, { now, graceMs }) => {
    if (isTerminal(row.status)) return [];
    if (!isCleared(row.status)) return null;
    const lateMs = now.getTime() - row.due_at.getTime();
    return only(lateMs > graceMs && `it has been ${row.status} and due for ${lateMs} ms`);
  },
};

/** Rows have microseconds, JavaScript milliseconds; the time of a log entry and a due time are read a moment apart. */
const CLOCK_TOLERANCE_MS = 20;

const timeOf = (value: unknown): number | null => (typeof value === 'string' ? Date.parse(value) : null);

/** The time that the proposal asked for; a later change is in the log. */
const askedFor = (events: readonly ActionEvent[], row: ActionRow): number | null => {
  const changed = events.some(({ data }) => 'scheduled_time' in ((data.changes ?? {}) as JsonObject));
  return changed ? null : (row.scheduled_time?.getTime() ?? null);
};

/** Whether a reply is about this approval: by its version, or by the hash of what it cleared. */
const isAbout = (answer: Told, { version, data }: ActionEvent): boolean =>
  'shown' in answer ? answer.hash === data.params_hash : answer.version === version;

const wasApproval = ({ events }: Case, version: number | null | undefined): boolean =>
  events.some((event) => event.version === version && event.event === 'action.approved');
