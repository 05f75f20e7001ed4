import { randomUUID } from 'node:crypto';
import type { JsonObject, Status } from '@proviso/contracts';
import type { Simulation } from './simulation.ts';
import { approve, approveAsReviewer, cancel, create, runNow, settle, wake, type Step } from './steps.ts';

export interface Scenario {
  name: string;
  /** How it ends if nothing crashes. */
  ends: Status;
  /** What people and wake-ups do; the sweeps follow. */
  run(simulation: Simulation): Promise<void>;
}

const at = (ms: number) => ({ scheduled_time: new Date(Date.now() + ms).toISOString() });
const soon = () => at(40);
const pending = () => ({ require_approval: true });

/** The scenarios of one action type: each verb, each way of running, and a stray wake-up at every step. */
export function scenariosOf(type: string, params: JsonObject, canFail: boolean): Scenario[] {
  const saying = (text: string): JsonObject => (canFail ? { say: text } : { content: text });
  const change: Step = (simulation) => simulation.update({ params: { ...params, ...saying('changed') } });
  const scenario = (name: string, ends: Status, more: () => JsonObject, ...steps: Step[]): Scenario => ({
    name,
    ends,
    run: create(type, params, more, ...steps),
  });
  const twice = [wake, approve, approveAsReviewer, wake];
  const edit: Step = (simulation) => simulation.approveBatch(saying('edited'));
  const reject: Step = (simulation) => simulation.reject('reviewer');
  const postpone: Step = (simulation) => simulation.update(soon());
  const approveWithHold: Step = (simulation) => simulation.approve('owner', { hold_seconds: 600 });
  const recall: Step = (simulation) => simulation.recall('reviewer');
  const inMission = () => ({ ...pending(), mission_id: randomUUID() });
  const inAnHour = () => ({ ...pending(), ...at(3_600_000) });
  const again = [wake, approveAsReviewer, runNow, wake];
  const always: Scenario[] = [
    scenario('created and run', 'completed', () => ({}), wake, wake),
    scenario('scheduled', 'completed', soon, wake),
    scenario('approved by two people', 'completed', pending, ...twice),
    scenario('edited in its batch', 'completed', inMission, edit, wake),
    scenario('rejected, with a wake-up sent', 'rejected', pending, reject, wake),
    scenario('changed after its approval, and approved again', 'completed', inAnHour, approve, change, ...again),
    scenario('postponed after its approval', 'completed', pending, approve, postpone, wake),
    scenario('cancelled while a wake-up arrives', 'cancelled', soon, cancel, wake),
    scenario(
      'approved and held, recalled while a wake-up arrives, and approved again',
      'completed',
      pending,
      approveWithHold,
      wake,
      recall,
      wake,
      approve,
      wake,
    ),
  ];
  if (!canFail) return always;
  const approved = (name: string, ends: Status, more: JsonObject, ...steps: Step[]): Scenario => ({
    name,
    ends,
    run: create(type, { ...params, ...more }, pending, ...twice, ...steps),
  });
  const ambiguous: Status = type === 'provider_idempotent' ? 'completed' : 'failed';
  return [
    ...always,
    approved('retried while the provider is busy', 'completed', { attempts: ['busy', 'busy', 'done'] }),
    approved('refused', 'failed', { attempts: ['refused'] }),
    approved('run, with the reply lost', ambiguous, { attempts: ['lost_reply', 'done'] }),
    approved('run, with the request lost', ambiguous, { attempts: ['cut', 'done'] }),
    approved(
      'returned to review by its guard, and approved again',
      'completed',
      { stale: true },
      settle,
      approve,
      wake,
    ),
    scenario(
      'edited by its approver',
      'completed',
      pending,
      (simulation) => simulation.approve('reviewer', { edits: { say: 'edited' } }),
      wake,
    ),
  ];
}
