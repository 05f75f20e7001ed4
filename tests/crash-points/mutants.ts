// Deliberate bugs. A real system of this kind has had each of them.
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import { claim, recoverLost, runClaimed } from '@proviso/core';
import { until } from '@proviso/testing';
import {
  both,
  findingNoKey,
  findingNothing,
  ignoringWorkspace,
  rewriting,
  skippingHash,
  uncommitted,
  withoutCommit,
  wrapping,
} from './mutations.ts';
import type { Mutation, Simulation } from './simulation.ts';
import { approve, cancel, create, wake, type Step } from './steps.ts';

export interface Mutant {
  bug: string;
  /** The promise that it breaks. */
  breaks: string;
  mutate: Mutation;
  /** Without the table's own CHECKs, which would stop it too. */
  unchecked?: true;
  /** What the same scenario breaks without the bug. */
  anyway?: string[];
  /** The first process crashes after the first call of this name. */
  crashesAfter?: string;
  run: (simulation: Simulation) => Promise<void>;
}

const pending = { require_approval: true };
const params: JsonObject = { say: 'hello' };
const created = (type: string, more: JsonObject, ...steps: Step[]) => create(type, params, () => more, ...steps);
const createAndWake = (type: string, more: JsonObject = {}) => create(type, { ...params, ...more }, () => ({}), wake);
const approveAndWake = created('provider_at_most_once', pending, wake, approve, wake);
const dueIn = (ms: number) => ({ scheduled_time: new Date(Date.now() + ms).toISOString() });
const changed = { params: { say: 'something else' } };

const batched = create(
  'provider_idempotent',
  params,
  () => ({ ...pending, mission_id: randomUUID() }),
  (simulation) => simulation.approveBatch({ say: 'something else' }),
);

/** A look-up that treats actions that are not cleared as due. */
const careless = rewriting(['action_find_due'], (text) => text.replace(/ and status in \(.*?\)/, ''));

/** An approval of any version, and a guard that computes no hash. */
const unguarded = both(
  rewriting(['action_approved'], (text) => text.replaceAll('locked.version = given.version', 'true')),
  skippingHash,
);

const RUNNING = /status in \('scheduled'.*?statement_timestamp\(\)\)/s;

export const MUTANTS: Mutant[] = [
  {
    bug: 'a claim that ignores the status',
    breaks: 'nothing ran without being cleared',
    unchecked: true,
    mutate: both(
      careless,
      rewriting(['action_claim'], (text) => text.replace(RUNNING, 'true')),
    ),
    run: approveAndWake,
  },
  {
    bug: 'a claim that takes ended actions',
    breaks: 'the log replays to the row', // the effect is not repeated: it began, so that the provider is asked
    unchecked: true,
    mutate: both(
      careless,
      rewriting(['action_claim'], (text) => text.replace(RUNNING, "status <> 'pending_approval'")),
    ),
    run: approveAndWake,
  },
  {
    bug: 'a due time compared with a fast local clock',
    breaks: 'nothing ran early',
    mutate: rewriting(['action_claim'], (text) =>
      text.replace('due_at <= statement_timestamp()', "due_at <= statement_timestamp() + interval '10 minutes'"),
    ),
    run: create('provider_idempotent', params, () => dueIn(300_000), wake),
  },
  {
    bug: 'a fence that is ignored',
    breaks: 'no effect happened twice',
    mutate: rewriting(['action_begin_effect'], (text) =>
      text.replace('fence = given.fence', 'given.fence is not null'),
    ),
    run: sleepAndWake,
  },
  {
    bug: 'a sweep that steals from a living worker',
    breaks: 'the outcome is true',
    mutate: rewriting(['action_adopt_lost'], (text) => text.replace('lease_until < statement_timestamp()', 'true')),
    run: async (simulation) => {
      await simulation.create('provider_at_most_once', params);
      const { running, open } = await runToTheGate(simulation);
      simulation.successor();
      await simulation.settle();
      open();
      await running;
    },
  },
  {
    bug: 'a sweep that skips actions without a wake-up',
    breaks: 'nothing is forgotten',
    mutate: findingNothing('action_claim_due'),
    crashesAfter: 'action_create',
    run: created('provider_idempotent', {}),
  },
  {
    bug: 'a sweep that never adopts lost actions',
    breaks: 'nothing keeps running after its lease',
    mutate: findingNothing('action_adopt_lost'),
    crashesAfter: 'action_claim',
    run: createAndWake('provider_idempotent'),
  },
  {
    bug: 'a begin that is not committed',
    breaks: 'no effect happened twice',
    mutate: rewriting(['action_begin_effect'], (text) => text.replace(/effect_started_at = coalesce\(.*?\)\),/s, '')),
    crashesAfter: 'provider.send',
    run: createAndWake('provider_at_most_once'),
  },
  {
    bug: 'an executor that claims to be idempotent although its provider is not',
    breaks: 'no effect happened twice',
    mutate: wrapping('provider_at_most_once', () => ({ delivery: 'idempotent', keyLifetimeMs: 3_600_000 })),
    run: createAndWake('provider_at_most_once', { attempts: ['lost_reply', 'done'] }),
  },
  {
    bug: 'an executor that generates a new key for each attempt',
    breaks: 'no effect happened twice',
    mutate: wrapping('provider_idempotent', ({ execute }) => ({
      execute: (ctx) => execute({ ...ctx, key: `${ctx.key} ${ctx.action.attempt}` }),
    })),
    run: createAndWake('provider_idempotent', { attempts: ['lost_reply', 'done'] }),
  },
  {
    bug: 'a lost reply that counts as a failure',
    breaks: 'the outcome is true',
    mutate: wrapping('provider_at_most_once', () => ({ reconcile: async () => ({ kind: 'not_done' }) })),
    crashesAfter: 'provider.send',
    run: createAndWake('provider_at_most_once'),
  },
  {
    bug: 'a failure that is reported as done',
    breaks: 'the outcome is true',
    mutate: wrapping('provider_idempotent', ({ execute }) => ({
      execute: async (ctx) => {
        const outcome = await execute(ctx);
        return outcome.kind === 'refused' ? { kind: 'done', result: {} } : outcome;
      },
    })),
    run: createAndWake('provider_idempotent', { attempts: ['refused'] }),
  },
  {
    bug: 'a guard that does not compute the hash again',
    breaks: 'what ran is what was approved',
    mutate: skippingHash,
    anyway: ['what was created is what was sent'],
    run: created('provider_idempotent', pending, approve, (simulation) => simulation.tamper(), wake),
  },
  {
    bug: 'an approval without its version guard, and a guard that computes no hash',
    breaks: 'what ran is what was approved',
    mutate: unguarded,
    run: created(
      'provider_idempotent',
      pending,
      (simulation) => simulation.approve('reviewer', {}, () => simulation.update(changed)),
      wake,
    ),
  },
  {
    bug: 'a move that leaves no event',
    breaks: 'the log replays to the row',
    mutate: rewriting(['action_completed'], (text) =>
      text.replace(/using \(place\)\s+\)/, 'using (place) where false )'),
    ),
    run: createAndWake('provider_idempotent'),
  },
  {
    bug: 'an Idempotency-Key that is ignored',
    breaks: 'one request created one action',
    mutate: rewriting(['action_create'], (text) =>
      text
        .replaceAll('key is not null', 'key is not null and false')
        .replaceAll('key is null', '(key is null or true)'),
    ),
    crashesAfter: 'action_create',
    run: createAndWake('provider_idempotent'),
  },
  {
    bug: 'a cancellation that is acknowledged and not committed',
    breaks: 'what was acknowledged happened',
    mutate: uncommitted('action_cancelled'),
    run: create('provider_idempotent', params, () => dueIn(50), cancel),
  },
  {
    bug: 'a query that forgets the workspace',
    breaks: 'what was acknowledged happened',
    mutate: ignoringWorkspace('action_find_with_log'),
    run: created('provider_idempotent', {}, (simulation) => simulation.read('stranger')),
  },
  {
    bug: 'a decision that forgets the workspace',
    breaks: 'nothing ran without being cleared',
    mutate: ignoringWorkspace('action_find', 'identity_find'),
    run: created('provider_idempotent', pending, (simulation) => simulation.runNow('stranger')),
  },
  {
    bug: 'an approval in the second dialect that is acknowledged and not committed',
    breaks: 'what was acknowledged happened',
    mutate: uncommitted('action_approved'),
    run: created('provider_idempotent', pending, (simulation) => simulation.approveShown({ say: 'something else' })),
  },
  {
    bug: 'an approval in the second dialect without its version guard, and a guard that computes no hash',
    breaks: 'what ran is what was approved',
    mutate: unguarded,
    run: created(
      'provider_idempotent',
      pending,
      (simulation) => simulation.approveShown(undefined, () => simulation.update(changed)),
      wake,
    ),
  },
  {
    bug: 'a batch that forgets its Idempotency-Key',
    breaks: 'a batch decided as many as it reported',
    mutate: both(
      rewriting(['idempotency_keep'], (text) => text.replace('(i.xmax = 0)', 'true')),
      findingNoKey,
    ),
    crashesAfter: 'commit',
    run: batched,
  },
  {
    bug: 'a batch whose reply is not committed',
    breaks: 'a batch decided as many as it reported',
    mutate: withoutCommit,
    run: batched,
  },
  {
    bug: 'a run in the api whose claim is not committed',
    breaks: 'an api claimed what it reported as run',
    mutate: uncommitted('action_claim_in_workspace'),
    run: created('provider_idempotent', {}, (simulation) => simulation.processDue()),
  },
];

/** The current process claims the action and runs it up to the request to the provider. */
async function runToTheGate(simulation: Simulation): Promise<{ running: Promise<void>; open: () => void }> {
  let open = (): void => undefined;
  simulation.provider.gate = new Promise((resolve) => (open = resolve));
  const { worker, injector } = simulation.process;
  const { action } = await claim(worker, simulation.id);
  const running = action ? runClaimed(worker, action) : Promise.resolve();
  await until('the request to leave', () => injector.calls.includes('provider.send'));
  return { running, open };
}

/** A worker that stops for longer than its lease, then continues a run that another worker has taken over. */
async function sleepAndWake(simulation: Simulation): Promise<void> {
  await simulation.create('provider_at_most_once', params);
  const sleeper = simulation.process;
  const { action: held } = await claim(sleeper.worker, simulation.id);
  simulation.successor();
  await simulation.expireLeases([sleeper]);
  await simulation.attempt(async ({ worker }) => void (await recoverLost(worker)));
  const { running, open } = await runToTheGate(simulation);
  const woken = held ? runClaimed(sleeper.worker, held) : Promise.resolve();
  await until('the sleeper to try', () => sleeper.injector.calls.includes('action_begin_effect'));
  open();
  await Promise.all([running, woken]);
}
