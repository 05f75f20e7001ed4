import type { Action, ActionEvent } from '@proviso/contracts';
import {
  emptyWaiting,
  withAnswer,
  withArrivals,
  withDeciding,
  withEvent,
  withLinked,
  withoutDecided,
  withPage,
  withRefusal,
} from '../../src/waiting/waiting.ts';
import { anAction } from './an-action.ts';

const listOf = (...actions: Action[]) =>
  withPage(emptyWaiting, { actions, pagination: { total_items: actions.length, next_cursor: null } });
const eventOf = (action: Action, by = 'Grace'): ActionEvent => ({
  event: {
    at: action.updated_at,
    event: 'action.updated',
    actor: { kind: 'member', id: 'usr_1', name: by },
    data: {},
    action_id: action.action_id,
    version: action.version,
    status: action.status,
  },
  action,
});
const all = () => true;

describe('the list of what waits', () => {
  it('keeps an arrival out of the rows until it is asked for', () => {
    const [old, fresh] = [anAction(), anAction()];
    const heard = withEvent(listOf(old), eventOf(fresh), all);
    expect(heard.rows).toEqual([old]);
    expect(heard.arrivals).toEqual([fresh]);
    expect(heard.total).toBe(2);
    expect(withArrivals(heard, false).rows).toEqual([old, fresh]);
    expect(withArrivals(heard, true).rows).toEqual([fresh, old]);
  });

  it('shows what a link opens as its last row, once, and only while it waits', () => {
    const [first, linked] = [anAction(), anAction()];
    const heard = withEvent(listOf(first), eventOf(linked), all);
    const opened = withLinked(heard, linked);
    expect([opened.rows, opened.arrivals, opened.total]).toEqual([[first, linked], [], 2]);
    expect(withLinked(opened, linked)).toBe(opened);
    expect(withLinked(heard, { ...linked, status: 'rejected' })).toBe(heard);
  });

  it('ignores an arrival that does not meet the filters', () => {
    const list = listOf(anAction());
    expect(withEvent(list, eventOf(anAction()), () => false)).toBe(list);
  });

  it('keeps a row that somebody else decided in its place, and says who', () => {
    const [first, second] = [anAction(), anAction()];
    const heard = withEvent(listOf(first, second), eventOf({ ...first, status: 'rejected', version: 2 }), all);
    expect(heard.rows.map(({ action_id }) => action_id)).toEqual([first.action_id, second.action_id]);
    expect(heard.decided[first.action_id]).toEqual({ how: 'rejected', by: 'Grace' });
    expect(heard.total).toBe(1);
  });

  it('counts a decision once, whether its answer or its event comes first', () => {
    const action = anAction();
    const decided = { ...action, status: 'approved', version: 2 } as const;
    const sent = withDeciding(listOf(action), [action.action_id]);
    expect(withEvent(withAnswer(sent, decided), eventOf(decided), all).total).toBe(0);
    const eventFirst = withAnswer(withEvent(sent, eventOf(decided), all), decided);
    expect(eventFirst.total).toBe(0);
    expect(eventFirst.decided[action.action_id]).toEqual({ how: 'approved', by: null });
  });

  it('passes over an event that is older than what it shows', () => {
    const list = listOf(anAction({ version: 3 }));
    const [row] = list.rows;
    expect(withEvent(list, eventOf({ ...(row as Action), version: 2, status: 'approved' }), all)).toBe(list);
  });

  it('shows a refused decision as waiting again, or as somebody else decided it', () => {
    const action = anAction();
    const sent = withDeciding(listOf(action), [action.action_id]);
    expect(withRefusal(sent, action.action_id).decided).toEqual({});
    const by = { kind: 'member', id: 'usr_2', name: 'Ada' } as const;
    const approval = {
      decision: 'approve',
      by,
      comment: null,
      at: '',
      edits: null,
      via: '',
      card_digest: null,
    } as const;
    const lost = withRefusal(sent, action.action_id, { ...action, status: 'approved', version: 2, approval });
    expect(lost.decided[action.action_id]).toEqual({ how: 'approved', by: 'Ada' });
  });

  it('lets a recalled approval wait again', () => {
    const action = anAction();
    const decided = withAnswer(listOf(action), { ...action, status: 'approved', version: 2 });
    const recalled = withAnswer(decided, { ...action, version: 3 });
    expect(recalled.decided).toEqual({});
    expect(recalled.total).toBe(1);
  });

  it('clears away what was decided, but for the row that is being read and what has no answer yet', () => {
    const [read, gone, sent, waits] = [anAction(), anAction(), anAction(), anAction()];
    let list = listOf(read, gone, sent, waits);
    for (const action of [read, gone]) list = withAnswer(list, { ...action, status: 'rejected', version: 2 });
    list = withoutDecided(withDeciding(list, [sent.action_id]), read.action_id);
    expect(list.rows.map(({ action_id }) => action_id)).toEqual([read, sent, waits].map(({ action_id }) => action_id));
  });

  it('takes a further page without a row twice', () => {
    const [one, two] = [anAction(), anAction()];
    const page = { actions: [one, two], pagination: { total_items: 2, next_cursor: 'next' } };
    expect(withPage(listOf(one), page)).toMatchObject({ rows: [one, two], nextCursor: 'next', total: 2 });
  });
});
