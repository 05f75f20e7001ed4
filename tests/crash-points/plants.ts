// Bugs on purpose. Each is one that a system of this kind has really had.
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import { claim, recoverLost, runClaimed } from '@proviso/core';
import { until } from '@proviso/testing';
import {
  both,
  findingNoKey,
  forgetting,
  forgettingWorkspace,
  rewriting,
  trusting,
  uncommitted,
  withoutCommit,
  wrapping,
} from './bends.ts';
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

const batched = async (stage: Stage): Promise<void> => {
  await stage.create('far_idempotent', params, { ...pending, mission_id: randomUUID() });
  await stage.approveBatch({ say: 'something else' });
};

/** A look that takes what is not cleared for due, too. */
const careless = rewriting(['action_find_due'], (text) => text.replace(/ and status in \(.*?\)/, ''));

const RUNNING = /status in \('scheduled'.*?statement_timestamp\(\)\)/s;

export const PLANTS: Plant[] = [
  {
    bug: 'a claim that does not look at the status',
    breaks: 'nothing ran without being cleared',
    unchecked: true,
    bend: both(
      careless,
      rewriting(['action_claim'], (text) => text.replace(RUNNING, 'true')),
    ),
    tell: approveAndRing,
  },
  {
    bug: 'a claim that takes what has ended',
    breaks: 'the log replays to the row', // the effect is not repeated: it began, so that the provider is asked
    unchecked: true,
    bend: both(
      careless,
      rewriting(['action_claim'], (text) => text.replace(RUNNING, "status <> 'pending_approval'")),
    ),
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
    bend: forgetting('action_claim_due'),
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
    bend: uncommitted('action_cancelled'),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, { scheduled_time: new Date(Date.now() + 50).toISOString() });
      await stage.cancel();
    },
  },
  {
    bug: 'a query that forgets the workspace',
    breaks: 'what was acknowledged is so',
    bend: forgettingWorkspace('actions'),
    tell: async (stage) => {
      await stage.create('far_idempotent', params);
      await stage.read('stranger');
    },
  },
  {
    bug: 'a decision that forgets the workspace',
    breaks: 'nothing ran without being cleared',
    bend: forgettingWorkspace('actions', 'identities'),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, pending);
      await stage.runNow('stranger');
    },
  },
  {
    bug: 'an approval in the second dialect that is acknowledged and not committed',
    breaks: 'what was acknowledged is so',
    bend: uncommitted('action_approved'),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, pending);
      await stage.approveShown({ say: 'something else' });
    },
  },
  {
    bug: 'an approval in the second dialect without its version guard, before a guard that makes no hash',
    breaks: 'what ran is what was approved',
    bend: both(
      rewriting(['action_approved'], (text) => text.replaceAll('s.version = $3::int', 'true')),
      trusting,
    ),
    tell: async (stage) => {
      await stage.create('far_idempotent', params, pending);
      await stage.approveShown(undefined, () => stage.update({ params: { say: 'something else' } }));
      await stage.ringBells();
    },
  },
  {
    bug: 'a batch that forgets its Idempotency-Key',
    breaks: 'a batch decided as many as it counted',
    bend: both(
      rewriting(['idempotency_keep'], (text) => text.replace('(i.xmax = 0)', 'true')),
      findingNoKey,
    ),
    diesAfter: 'commit',
    tell: batched,
  },
  {
    bug: 'a batch whose answer is not committed',
    breaks: 'a batch decided as many as it counted',
    bend: withoutCommit,
    tell: batched,
  },
  {
    bug: 'a run in the api whose claim is not committed',
    breaks: 'what an api said it ran, an api claimed',
    bend: uncommitted('action_claim_in_workspace'),
    tell: async (stage) => {
      await stage.create('far_idempotent', params);
      await stage.processDue();
    },
  },
];

/** The current process claims the action and runs it up to where the far side would take its request. */
async function runToTheGate(stage: Stage): Promise<{ running: Promise<void>; open: () => void }> {
  let open = (): void => undefined;
  stage.far.gate = new Promise((resolve) => (open = resolve));
  const { worker, doom } = stage.process;
  const { action } = await claim(worker, stage.id);
  const running = action ? runClaimed(worker, action) : Promise.resolve();
  await until('the request to leave', () => doom.calls.includes('far.send'));
  return { running, open };
}

/** A worker that stops for longer than its lease and goes on with what it believes to hold while another one runs it. */
async function sleepAndWake(stage: Stage): Promise<void> {
  await stage.create('far_at_most_once', params);
  const sleeper = stage.process;
  const { action: held } = await claim(sleeper.worker, stage.id);
  stage.successor();
  await stage.expireLeases([sleeper]);
  await stage.tell(async ({ worker }) => void (await recoverLost(worker)));
  const { running, open } = await runToTheGate(stage);
  const woken = held ? runClaimed(sleeper.worker, held) : Promise.resolve();
  await until('the sleeper to try', () => sleeper.doom.calls.includes('action_begin_effect'));
  open();
  await Promise.all([running, woken]);
}
