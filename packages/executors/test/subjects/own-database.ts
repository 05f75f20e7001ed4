import type { JsonObject } from '@proviso/contracts';
import type { Executor, Outcome } from '@proviso/core/executor';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import {
  createNote,
  createTask,
  escalateToHuman,
  updateCompany,
  updateContact,
  updateLifecycleStage,
} from '../../src/index.ts';
import { ACME, ADA, recordsOf } from '../records.ts';
import { leavesOf } from '../wire.ts';

interface OwnDatabase {
  records: ReturnType<typeof recordsOf>;
  effects(): number;
  close(): Promise<void>;
}

type Count = NonNullable<PipelineSubject<OwnDatabase>['effectsIn']>;

/** Rows that the action wrote. */
export const rowsIn =
  (table: 'notes' | 'tasks' | 'lifecycle_changes'): Count =>
  async ({ db }, { id }) => {
    const { rows } = await db.pool.query<{ there: number }>(
      `select count(*)::int as there from ${table} where action_id = $1`,
      [id],
    );
    return rows[0]?.there ?? 0;
  };

/** A second write would find the first one's values before it. */
const changes: Count = async (_world, { result }) =>
  Number(JSON.stringify(result?.before) !== JSON.stringify(result?.after));

/** The executors whose effect is in our own database. */
const given: [Executor, JsonObject, Count][] = [
  [createNote, { content: 'Called back.', contact_id: ADA }, rowsIn('notes')],
  [createTask, { title: 'Call Ada', due_date: '2026-12-01', contact_id: ADA }, rowsIn('tasks')],
  [updateContact, { contact_id: ADA, properties: { title: 'CEO', fax: null } }, changes],
  [updateCompany, { company_id: ACME, properties: { industry: 'Anvils' } }, changes],
  [updateLifecycleStage, { contact_id: ADA, lifecycle_stage: 'customer' }, rowsIn('lifecycle_changes')],
];

export const ownSubjects = given.map(([executor, params, effectsIn]): PipelineSubject<OwnDatabase> => ({
  executor,
  effectsIn,
  async startBackend() {
    const records = recordsOf();
    const effects = (): number => Object.values(records.written).flat().length;
    return { records, effects, close: async () => undefined };
  },
  makeParams: () => structuredClone(params),
  makeIdentity: () => ({ identity: null, credentials: null, secrets: [] }),
  records: ({ records }) => records,
  sent: ({ records }) => leavesOf(structuredClone(records.written) as unknown as JsonObject),
  faults: [],
}));

/** An answer is nothing but the result: the outcomes that bear one are the effects. */
const answers: Outcome[] = [];

export const escalation: PipelineSubject<Omit<OwnDatabase, 'records'>> = {
  executor: {
    ...escalateToHuman,
    execute: async (ctx) => {
      const outcome = await escalateToHuman.execute(ctx);
      answers.push(outcome);
      return outcome;
    },
  },
  async startBackend() {
    answers.length = 0;
    return { effects: () => answers.filter(({ kind }) => kind === 'done').length, close: async () => undefined };
  },
  makeParams: () => ({ reason: 'May I?', contact_id: ADA, options: ['yes', 'no'], answer: 'yes' }),
  proposal: { reason: 'May I?', contact_id: ADA, options: ['yes', 'no'] },
  edits: { answer: 'yes' },
  effectsIn: async (_world, { result }) => Number(result?.answer === 'yes'),
  makeIdentity: () => ({ identity: null, credentials: null, secrets: [] }),
  records: () => recordsOf(),
  sent: () => answers.flatMap((outcome) => (outcome.kind === 'done' ? leavesOf(outcome.result.answer) : [])),
  faults: [],
};
