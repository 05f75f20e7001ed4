import type { Action } from '@proviso/contracts';
import { getAction } from '../api/actions.ts';
import { inWords } from '../api/client.ts';
import { changeWaiting, meets } from '../api/live.ts';
import { queryClient, snoozesQuery } from '../api/queries.ts';
import { assignAction, snoozeAction, unsnoozeAction } from '../api/together.ts';
import { toast } from '../decide/toasts.ts';
import { nearTime } from '../format.ts';
import { summaryOf } from '../waiting/preview-text.ts';
import { withAnswer, withoutRow, withReturned } from '../waiting/waiting.ts';
import { words } from '../words.ts';

const UNDO_MS = 6_000;

const report = (error: unknown): void => toast({ text: inWords(error), tone: 'failure' });

async function readSnoozes(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: snoozesQuery.queryKey });
  await queryClient.invalidateQueries({ queryKey: ['actions', 'count'] });
}

/** Hides the proposal from this person's list. Nobody else's list changes. */
export async function snooze(action: Action, until: string | null): Promise<void> {
  const title = summaryOf(action);
  try {
    await snoozeAction(action.action_id, until);
    changeWaiting((waiting) => withoutRow(waiting, action));
    const take = (): void => void unsnooze(action.action_id);
    const offer = { label: words.decide.undo, until: Date.now() + UNDO_MS, isUndo: false, take };
    toast({ text: words.together.snoozed(title, until && nearTime(until)), offer });
    await readSnoozes();
  } catch (error) {
    report(error);
  }
}

async function unsnooze(id: string): Promise<void> {
  try {
    await unsnoozeAction(id);
    await comeBack([id]);
  } catch (error) {
    report(error);
  }
}

/** What was snoozed waits behind the count of what is new, like everything that arrives. */
export async function comeBack(ids: string[]): Promise<void> {
  const actions = await Promise.all(ids.map((id) => getAction(id)));
  for (const action of actions)
    changeWaiting((waiting, filter) => (meets(filter)(action) ? withReturned(waiting, action) : waiting));
  await readSnoozes();
}

/** Hands the proposal over, or back to everybody. It leaves a list that is only of other people's or nobody's. */
export async function assign(action: Action, userId: string | null): Promise<void> {
  const title = summaryOf(action);
  try {
    const now = await assignAction(action.action_id, userId);
    changeWaiting((waiting, filter) => (meets(filter)(now) ? withAnswer(waiting, now) : withoutRow(waiting, now)));
    toast({ text: words.together.assigned(title, now.assignee?.name ?? null) });
  } catch (error) {
    report(error);
  }
}
