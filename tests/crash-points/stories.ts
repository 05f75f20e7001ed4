import { randomUUID } from 'node:crypto';
import type { JsonObject, Status } from '@proviso/contracts';
import type { Stage } from './stage.ts';

export interface Story {
  name: string;
  /** Where it ends when nothing dies. */
  ends: Status;
  /** What people and bells do; the sweeps come after it. */
  tell(stage: Stage): Promise<void>;
}

const soon = (): string => new Date(Date.now() + 40).toISOString();

/** The lives of an action of one type: each verb, each way of running, a stray bell at every turn. */
export function storiesOf(type: string, params: JsonObject, canFail: boolean): Story[] {
  const pending = { require_approval: true };
  const approved = async (stage: Stage, more: JsonObject = {}): Promise<void> => {
    await stage.create(type, { ...params, ...more }, pending);
    await stage.ringBells();
    await stage.approve();
    await stage.approve('reviewer');
    await stage.ringBells();
  };
  const always: Story[] = [
    {
      name: 'created and run',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params);
        await stage.ringBells();
        await stage.ringBells();
      },
    },
    {
      name: 'scheduled',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params, { scheduled_time: soon() });
        await stage.ringBells();
      },
    },
    { name: 'approved by two people', ends: 'completed', tell: (stage) => approved(stage) },
    {
      name: 'edited in its batch',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params, { ...pending, mission_id: randomUUID() });
        await stage.approveBatch(canFail ? { say: 'edited' } : { content: 'edited' });
        await stage.ringBells();
      },
    },
    {
      name: 'rejected, and rung for',
      ends: 'rejected',
      tell: async (stage) => {
        await stage.create(type, params, pending);
        await stage.reject('reviewer');
        await stage.ringBells();
      },
    },
    {
      name: 'changed after its approval, and approved again',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params, {
          ...pending,
          scheduled_time: new Date(Date.now() + 3_600_000).toISOString(),
        });
        await stage.approve();
        await stage.update({ params: { ...params, ...(canFail ? { say: 'changed' } : { content: 'changed' }) } });
        await stage.ringBells();
        await stage.approve('reviewer');
        await stage.runNow();
        await stage.ringBells();
      },
    },
    {
      name: 'put off after its approval',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params, pending);
        await stage.approve();
        await stage.update({ scheduled_time: soon() });
        await stage.ringBells();
      },
    },
    {
      name: 'cancelled while a bell rings',
      ends: 'cancelled',
      tell: async (stage) => {
        await stage.create(type, params, { scheduled_time: soon() });
        await stage.cancel();
        await stage.ringBells();
      },
    },
    {
      name: 'approved and held, recalled while a bell rings, and approved again',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params, pending);
        await stage.approve('owner', { hold_seconds: 600 });
        await stage.ringBells();
        await stage.recall('reviewer');
        await stage.ringBells();
        await stage.approve();
        await stage.ringBells();
      },
    },
  ];
  if (!canFail) return always;
  const trying = (name: string, ends: Status, attempts: string[]): Story => ({
    name,
    ends,
    tell: (stage) => approved(stage, { attempts }),
  });
  const ambiguous: Status = type === 'far_idempotent' ? 'completed' : 'failed';
  return [
    ...always,
    trying('tried again after a refusal for now', 'completed', ['busy', 'busy', 'done']),
    trying('refused', 'failed', ['refused']),
    trying('run, with the reply lost', ambiguous, ['lost_reply', 'done']),
    trying('run, with the request lost', ambiguous, ['cut', 'done']),
    {
      name: 'sent back by its guard, and approved again',
      ends: 'completed',
      tell: async (stage) => {
        await approved(stage, { stale: true });
        await stage.settle();
        await stage.approve();
        await stage.ringBells();
      },
    },
    {
      name: 'edited by its approver',
      ends: 'completed',
      tell: async (stage) => {
        await stage.create(type, params, pending);
        await stage.approve('reviewer', { edits: { say: 'edited' } });
        await stage.ringBells();
      },
    },
  ];
}
