import { randomUUID } from 'node:crypto';
import type { JsonObject, Status } from '@proviso/contracts';
import type { Simulation } from './simulation.ts';

export interface Scenario {
  name: string;
  /** How it ends if nothing crashes. */
  ends: Status;
  /** What people and wake-ups do; the sweeps follow. */
  run(simulation: Simulation): Promise<void>;
}

const soon = (): string => new Date(Date.now() + 40).toISOString();

/** The scenarios of one action type: each verb, each way of running, and a stray wake-up at every step. */
export function scenariosOf(type: string, params: JsonObject, canFail: boolean): Scenario[] {
  const pending = { require_approval: true };
  const approved = async (simulation: Simulation, more: JsonObject = {}): Promise<void> => {
    await simulation.create(type, { ...params, ...more }, pending);
    await simulation.deliverWakeUps();
    await simulation.approve();
    await simulation.approve('reviewer');
    await simulation.deliverWakeUps();
  };
  const always: Scenario[] = [
    {
      name: 'created and run',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params);
        await simulation.deliverWakeUps();
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'scheduled',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params, { scheduled_time: soon() });
        await simulation.deliverWakeUps();
      },
    },
    { name: 'approved by two people', ends: 'completed', run: (simulation) => approved(simulation) },
    {
      name: 'edited in its batch',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params, { ...pending, mission_id: randomUUID() });
        await simulation.approveBatch(canFail ? { say: 'edited' } : { content: 'edited' });
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'rejected, with a wake-up sent',
      ends: 'rejected',
      run: async (simulation) => {
        await simulation.create(type, params, pending);
        await simulation.reject('reviewer');
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'changed after its approval, and approved again',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params, {
          ...pending,
          scheduled_time: new Date(Date.now() + 3_600_000).toISOString(),
        });
        await simulation.approve();
        await simulation.update({ params: { ...params, ...(canFail ? { say: 'changed' } : { content: 'changed' }) } });
        await simulation.deliverWakeUps();
        await simulation.approve('reviewer');
        await simulation.runNow();
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'postponed after its approval',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params, pending);
        await simulation.approve();
        await simulation.update({ scheduled_time: soon() });
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'cancelled while a wake-up arrives',
      ends: 'cancelled',
      run: async (simulation) => {
        await simulation.create(type, params, { scheduled_time: soon() });
        await simulation.cancel();
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'approved and held, recalled while a wake-up arrives, and approved again',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params, pending);
        await simulation.approve('owner', { hold_seconds: 600 });
        await simulation.deliverWakeUps();
        await simulation.recall('reviewer');
        await simulation.deliverWakeUps();
        await simulation.approve();
        await simulation.deliverWakeUps();
      },
    },
  ];
  if (!canFail) return always;
  const trying = (name: string, ends: Status, attempts: string[]): Scenario => ({
    name,
    ends,
    run: (simulation) => approved(simulation, { attempts }),
  });
  const ambiguous: Status = type === 'provider_idempotent' ? 'completed' : 'failed';
  return [
    ...always,
    trying('retried while the provider is busy', 'completed', ['busy', 'busy', 'done']),
    trying('refused', 'failed', ['refused']),
    trying('run, with the reply lost', ambiguous, ['lost_reply', 'done']),
    trying('run, with the request lost', ambiguous, ['cut', 'done']),
    {
      name: 'returned to review by its guard, and approved again',
      ends: 'completed',
      run: async (simulation) => {
        await approved(simulation, { stale: true });
        await simulation.settle();
        await simulation.approve();
        await simulation.deliverWakeUps();
      },
    },
    {
      name: 'edited by its approver',
      ends: 'completed',
      run: async (simulation) => {
        await simulation.create(type, params, pending);
        await simulation.approve('reviewer', { edits: { say: 'edited' } });
        await simulation.deliverWakeUps();
      },
    },
  ];
}
