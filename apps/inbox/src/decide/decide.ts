import type { Action, BulkDecideReply } from '@proviso/contracts';
import { useSyncExternalStore } from 'react';
import {
  decideAction,
  decideActions,
  getAction,
  proposeAgain,
  recallAction,
  type DecisionRequest,
} from '../api/actions.ts';
import { inWords, RequestFailure } from '../api/client.ts';
import { changeWaiting } from '../api/live.ts';
import { summaryOf } from '../waiting/preview-text.ts';
import { withAnswer, withDeciding, withoutDecided, withRefusal } from '../waiting/waiting.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { toast, type Toast } from './toasts.ts';
import { forget, heldMs, remember, takeLatest, type Held } from './undo.ts';

/** Decided rows stay for as long as their toast. */
const ROW_STAYS_MS = 6_000;
/** A start far ahead is offered no longer than this; afterwards the action's page has it. */
const UNDO_OFFERED_MAX_MS = 600_000;

let decidedHere = 0;
const listeners = new Set<() => void>();
export const useDecidedHere = (): number =>
  useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => decidedHere,
  );

function count(decisions: number): void {
  decidedHere += decisions;
  for (const changed of listeners) changed();
  setTimeout(() => changeWaiting((waiting) => withoutDecided(waiting, openRow())), ROW_STAYS_MS);
}

/** The row that is being read, as the address says. */
const openRow = (): string | undefined => new URLSearchParams(location.search).get('open') ?? undefined;

/** Decides what is on the screen. False = it was refused, and says so in a toast. */
export async function decide(shown: Action[], decision: DecisionRequest): Promise<boolean> {
  changeWaiting((waiting) =>
    withDeciding(
      waiting,
      shown.map(({ action_id }) => action_id),
    ),
  );
  const [first] = shown;
  if (first && shown.length === 1) return decideOne(first, decision);
  return decideMany(shown, decision);
}

async function decideOne(shown: Action, decision: DecisionRequest): Promise<boolean> {
  const title = summaryOf(shown);
  try {
    const action = await decideAction(shown, decision);
    changeWaiting((waiting) => withAnswer(waiting, action));
    count(1);
    if (decision.action === 'reject') {
      const offer = {
        label: words.decide.again,
        until: Date.now() + ROW_STAYS_MS,
        isUndo: false,
        take: () => void again(shown),
      };
      toast({ text: words.decide.rejected(title), offer });
    } else toast({ text: words.decide.approved(title), offer: undoOf(action, title) });
    return true;
  } catch (error) {
    const now = error instanceof RequestFailure ? (error.action as Action | undefined) : undefined;
    changeWaiting((waiting) => withRefusal(waiting, shown.action_id, now));
    const first = now && now.status !== 'pending_approval' ? now.approval : null;
    const by = first && words.decide.first(title, first.decision === 'reject', readable(first.by.name));
    toast({ text: by ?? inWords(error), tone: 'failure' });
    return false;
  }
}

/** What the toast offers of approvals whose start is held; `one` tells for how long. */
function undoOf(one: Action, title: string, ids = [one.action_id]) {
  const ms = one.scheduled_time ? 0 : heldMs(one);
  if (ms === 0) return undefined;
  const held = { ids, title, until: Date.now() + Math.min(ms, UNDO_OFFERED_MAX_MS) };
  remember(held);
  return { label: words.decide.undo, until: held.until, isUndo: true, take: () => void recall(held) };
}

/** Each is taken back by itself: what has started by now says so, and the others wait again. */
async function recall(held: Held): Promise<void> {
  forget(held);
  const faults: string[] = [];
  for (const id of held.ids) {
    try {
      const action = await recallAction(id);
      changeWaiting((waiting) => withAnswer(waiting, action));
    } catch (error) {
      faults.push(inWords(error));
    }
  }
  const [fault] = faults;
  if (fault === undefined) toast({ text: words.decide.recalled(held.title) });
  else if (held.ids.length === 1) toast({ text: fault, tone: 'failure' });
  else toast({ text: words.decide.someNotRecalled(faults.length, held.ids.length, fault), tone: 'failure' });
}

/** Takes the latest approval back, or says since when it is too late. */
export function undoLatest(): void {
  const held = takeLatest();
  if (held) void recall(held);
  else toast({ text: words.decide.nothingToUndo });
}

async function again(shown: Action): Promise<void> {
  try {
    await proposeAgain(shown);
    toast({ text: words.decide.againProposed });
  } catch (error) {
    toast({ text: inWords(error), tone: 'failure' });
  }
}

/** The reply tells of each only how it stands: one that has not started tells for how long they are held. */
async function undoOfMany(results: BulkDecideReply['results']): Promise<Toast['offer']> {
  const ids = results.flatMap(({ ok, action_id }) => (ok ? [action_id] : []));
  const one = ids[0] === undefined ? undefined : await getAction(ids[0]).catch(() => undefined);
  return one && undoOf(one, words.decide.proposals(ids.length), ids);
}

async function decideMany(shown: Action[], decision: DecisionRequest): Promise<boolean> {
  try {
    const { processed, results } = await decideActions(shown, decision);
    const failed = results.flatMap((result) => (result.ok ? [] : [result.action_id]));
    let elsewhere = 0;
    for (const id of failed) {
      const now = await getAction(id).catch(() => undefined);
      if (now && now.status !== 'pending_approval') elsewhere += 1;
      changeWaiting((waiting) => withRefusal(waiting, id, now));
    }
    count(processed);
    const how = decision.action === 'reject' ? words.decided.how.rejected : words.decided.how.approved;
    const said = words.decide.many(processed, how);
    const why = words.decide.someFailed(failed.length - elsewhere, elsewhere);
    if (failed.length > 0) toast({ text: `${said} ${why}`, tone: 'failure' });
    else toast({ text: said, offer: decision.action === 'reject' ? undefined : await undoOfMany(results) });
    return failed.length === 0;
  } catch (error) {
    for (const { action_id } of shown) changeWaiting((waiting) => withRefusal(waiting, action_id));
    toast({ text: inWords(error), tone: 'failure' });
    return false;
  }
}
