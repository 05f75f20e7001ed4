// Bugs on purpose, planted around the product and never in it: a statement is rewritten on its way to the database, an
// executor is wrapped. Each is one that a system of this kind has really had.
import type { JsonObject } from '@proviso/contracts';
import {
  claim,
  clearedHash,
  createRegistry,
  hashJson,
  recoverLost,
  run,
  type ActionRow,
  type Statement,
  type Worker,
} from '@proviso/core';
import type { Executor } from '@proviso/core/executor';
import { until } from '@proviso/testing';
import { PLANTED } from './doomed.ts';
import type { Bend, Stage } from './stage.ts';

export interface Plant {
  bug: string;
  /** The promise that it breaks. */
  breaks: string;
  bend: Bend;
  /** The table's own CHECKs, which stop it too, are gone. */
  unchecked?: true;
  /** What the same life breaks without the bug. */
  anyway?: string[];
  /** The first process dies after the first call of this name. */
  diesAfter?: string;
  tell: (stage: Stage) => Promise<void>;
}

type Query = Worker['db']['query'];

const withQuery = (worker: Worker, query: Query): Worker => ({ ...worker, db: { ...worker.db, query } });

/** Rewrites these statements; a rewrite that changes nothing is a plant that was not planted. */
const rewriting =
  (names: string[], change: (text: string) => string): Bend =>
  (worker) => {
    const rewrite = (statement: Statement): Statement => {
      if (!names.includes(statement.name)) return statement;
      const text = change(statement.text);
      if (text === statement.text) throw new Error(`nothing to rewrite in ${statement.name}`);
      return { name: `${statement.name}${PLANTED}${hashJson(text).slice(0, 8)}`, text };
    };
    return withQuery(worker, (statement, values) => worker.db.query(rewrite(statement), values));
  };

/** A statement that finds nothing. */
const forgetting =
  (name: string): Bend =>
  (worker) =>
    withQuery(worker, async (statement, values) => (statement.name === name ? [] : worker.db.query(statement, values)));

const wrapping =
  (type: string, change: (executor: Executor) => Partial<Executor>): Bend =>
  (worker) => {
    const executors = worker.executors.types().flatMap((name) => worker.executors.get(name) ?? []);
    const wrapped = executors.map((executor) =>
      executor.type === type ? { ...executor, ...change(executor) } : executor,
    );
    return { ...worker, executors: createRegistry({ executors: wrapped }) };
  };

const both =
  (...bends: Bend[]): Bend =>
  (worker) =>
    bends.reduce((bent, bend) => bend(bent), worker);

/** The guard's hash counts for nothing: what stands in the row passes for what was cleared. */
const trusting: Bend = (worker) =>
  withQuery(worker, async <Row>(statement: Statement, values: readonly unknown[]) => {
    const rows = await worker.db.query<Row & { action?: ActionRow | null }>(statement, values);
    if (!statement.name.startsWith('action_claim')) return rows;
    return rows.map((row) => (row.action ? { ...row, action: signed(row.action, worker) } : row));
  });

function signed(action: ActionRow, worker: Worker): ActionRow {
  const scheduled_time = action.scheduled_time && new Date(action.scheduled_time);
  const cleared_hash = clearedHash(
    { ...action, scheduled_time, identity_version: action.cleared_identity_version },
    worker.executors,
  );
  return { ...action, cleared_hash };
}

const pending = { require_approval: true };
const params: JsonObject = { say: 'hello' };
const createAndRing =
  (type: string, more: JsonObject = {}) =>
  async (stage: Stage): Promise<void> => {
    await stage.create(type, { ...params, ...more });
    await stage.ringBells();
  };
const approveAndRing = async (stage: Stage): Promise<void> => {
  await stage.create('far_at_most_once', params, pending);
  await stage.ringBells();
  await stage.approve();
  await stage.ringBells();
};

const RUNNING = /status in \('scheduled'.*?statement_timestamp\(\)\)/s;

export const PLANTS: Plant[] = [
  {
    bug: 'a claim that does not look at the status',
    breaks: 'nothing ran without being cleared',
    unchecked: true,
    bend: rewriting(['action_claim'], (text) => text.replace(RUNNING, 'true')),
    tell: approveAndRing,
  },
  {
    bug: 'a claim that takes what has ended',
    breaks: 'the log replays to the row', // the effect is not repeated: it began, so that the provider is asked
    unchecked: true,
    bend: rewriting(['action_claim'], (text) => text.replace(RUNNING, "status <> 'pending_approval'")),
    tell: approveAndRing,
  },
  {
    bug: 'a due time that is compared with a clock that is fast',
    breaks: 'nothing ran early',
    bend: rewriting(['action_claim'], (text) =>
      text.replace('due_at <= statement_timestamp()', "due_at <= statement_timestamp() + interval '10 minutes'"),
    ),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, { scheduled_time: new Date(Date.now() + 300_000).toISOString() });
      await stage.ringBells();
    },
  },
  {
    bug: 'a fence that is ignored',
    breaks: 'no effect happened twice',
    bend: rewriting(['action_begin_effect'], (text) => text.replace('fence = $2::int', '$2::int is not null')),
    tell: sleepAndWake,
  },
  {
    bug: 'a sweep that steals what a living worker holds',
    breaks: 'the outcome is true',
    bend: rewriting(['action_adopt_lost'], (text) => text.replace('lease_until < statement_timestamp()', 'true')),
    tell: async (stage) => {
      await stage.create('far_at_most_once', params);
      const { running, open } = await runToTheGate(stage);
      stage.successor();
      await stage.settle();
      open();
      await running;
    },
  },
  {
    bug: 'a sweep that forgets what nobody was told of',
    breaks: 'nothing is forgotten',
    bend: forgetting('action_claim_overdue'),
    diesAfter: 'action_create',
    tell: async (stage) => void (await stage.create('far_idempotent', params)),
  },
  {
    bug: 'a sweep that forgets the work of lost workers',
    breaks: 'nothing stays running when its lease is over',
    bend: forgetting('action_adopt_lost'),
    diesAfter: 'action_claim',
    tell: createAndRing('far_idempotent'),
  },
  {
    bug: 'a beginning that is not written down',
    breaks: 'no effect happened twice',
    bend: rewriting(['action_begin_effect'], (text) => text.replace(/effect_started_at = coalesce\(.*?\)\),/s, '')),
    diesAfter: 'far.send',
    tell: createAndRing('far_at_most_once'),
  },
  {
    bug: 'an executor that calls itself idempotent over a provider that is not',
    breaks: 'no effect happened twice',
    bend: wrapping('far_at_most_once', () => ({ delivery: 'idempotent', keyLifetimeMs: 3_600_000 })),
    tell: createAndRing('far_at_most_once', { attempts: ['lost_reply', 'done'] }),
  },
  {
    bug: 'an executor that makes up a new key for each attempt',
    breaks: 'no effect happened twice',
    bend: wrapping('far_idempotent', ({ execute }) => ({
      execute: (ctx) => execute({ ...ctx, key: `${ctx.key} ${ctx.action.attempt}` }),
    })),
    tell: createAndRing('far_idempotent', { attempts: ['lost_reply', 'done'] }),
  },
  {
    bug: 'a provider’s silence that is taken for a no',
    breaks: 'the outcome is true',
    bend: wrapping('far_at_most_once', () => ({ reconcile: async () => ({ kind: 'not_done' }) })),
    diesAfter: 'far.send',
    tell: createAndRing('far_at_most_once'),
  },
  {
    bug: 'a failure that is reported as done',
    breaks: 'the outcome is true',
    bend: wrapping('far_idempotent', ({ execute }) => ({
      execute: async (ctx) => {
        const outcome = await execute(ctx);
        return outcome.kind === 'refused' ? { kind: 'done', result: {} } : outcome;
      },
    })),
    tell: createAndRing('far_idempotent', { attempts: ['refused'] }),
  },
  {
    bug: 'a guard that does not make the hash again',
    breaks: 'what ran is what was approved',
    bend: trusting,
    anyway: ['what was created is what was sent'],
    tell: async (stage) => {
      await stage.create('far_idempotent', params, pending);
      await stage.approve();
      await stage.tamper();
      await stage.ringBells();
    },
  },
  {
    bug: 'an approval without its version guard, before a guard that makes no hash',
    breaks: 'what ran is what was approved',
    bend: both(
      rewriting(['action_approved'], (text) => text.replaceAll('s.version = $3::int', 'true')),
      trusting,
    ),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, pending);
      await stage.approve('reviewer', {}, () => stage.update({ params: { say: 'something else' } }));
      await stage.ringBells();
    },
  },
  {
    bug: 'a move that leaves no event',
    breaks: 'the log replays to the row',
    bend: rewriting(['action_completed'], (text) => text.replace(/from moved\s+\)/, 'from moved where false )')),
    tell: createAndRing('far_idempotent'),
  },
  {
    bug: 'an Idempotency-Key that is ignored',
    breaks: 'one request made one action',
    bend: rewriting(['action_create'], (text) =>
      text
        .replaceAll('$3::text is not null', '$3::text is not null and false')
        .replaceAll('$3::text is null', '($3::text is null or true)'),
    ),
    diesAfter: 'action_create',
    tell: createAndRing('far_idempotent'),
  },
  {
    bug: 'a cancellation that is acknowledged and not committed',
    breaks: 'what was acknowledged is so',
    bend: (worker) =>
      withQuery(worker, async <Row>(statement: Statement, values: readonly unknown[]) => {
        if (statement.name !== 'action_cancelled') return worker.db.query<Row>(statement, values);
        const undo = new Error('rolled back');
        let rows: Row[] = [];
        const lost = worker.db.transaction(async (tx) => {
          rows = await tx.query<Row>(statement, values);
          throw undo;
        });
        await lost.catch((error: unknown) => {
          if (error !== undo) throw error;
        });
        return rows;
      }),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, { scheduled_time: new Date(Date.now() + 50).toISOString() });
      await stage.cancel();
    },
  },
  {
    bug: 'a query that forgets the workspace',
    breaks: 'what was acknowledged is so',
    bend: (worker) => {
      const { actions } = worker.db.tables;
      const findFirst = ({ where, ...more }: { where: JsonObject }) => {
        const { workspace_id: _, ...rest } = where;
        return actions.findFirst({ where: rest, ...more });
      };
      return {
        ...worker,
        db: { ...worker.db, tables: { ...worker.db.tables, actions: { ...actions, findFirst } as never } },
      };
    },
    tell: async (stage) => {
      await stage.create('far_idempotent', params);
      await stage.read('stranger');
    },
  },
];

/** The current process claims the action and runs it up to where the far side would take its request. */
async function runToTheGate(stage: Stage): Promise<{ running: Promise<void>; open: () => void }> {
  let open = (): void => undefined;
  stage.far.gate = new Promise((resolve) => (open = resolve));
  const { worker, doom } = stage.process;
  const { action } = await claim(worker, stage.id);
  const running = action ? run(worker, action) : Promise.resolve();
  await until('the request to leave', () => doom.calls.includes('far.send'));
  return { running, open };
}

/** A worker stops for longer than its lease, and goes on with what it believes to hold while another one runs it. */
async function sleepAndWake(stage: Stage): Promise<void> {
  await stage.create('far_at_most_once', params);
  const sleeper = stage.process;
  const { action: held } = await claim(sleeper.worker, stage.id);
  stage.successor();
  await stage.expireLeases([sleeper]);
  await stage.tell(async ({ worker }) => void (await recoverLost(worker)));
  const { running, open } = await runToTheGate(stage);
  const woken = held ? run(sleeper.worker, held) : Promise.resolve();
  await until('the sleeper to try', () => sleeper.doom.calls.includes('action_begin_effect'));
  open();
  await Promise.all([running, woken]);
}
