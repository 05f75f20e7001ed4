import type { Approval } from '@proviso/contracts';
import { insightOf } from '../../src/insight/insight.ts';
import { anAction } from './an-action.ts';

const decision = (at: string, given: Partial<Approval> = {}): Approval => ({
  decision: 'approve',
  by: { kind: 'member', id: 'usr_1', name: 'Grace' },
  comment: null,
  at,
  edits: null,
  via: 'decideAction',
  card_digest: null,
  ...given,
});

describe('the insight', () => {
  it('counts decisions, edits, rejections and what ran by rule, by agent and type', () => {
    const actions = [
      anAction({ status: 'completed', approval: decision('2030-01-01T00:01:00.000Z') }),
      anAction({
        status: 'completed',
        approval: decision('2030-01-01T00:02:00.000Z', { decision: 'edit', edits: { a: 1 } }),
      }),
      anAction({ status: 'rejected', approval: decision('2030-01-01T00:03:00.000Z', { decision: 'reject' }) }),
      anAction({ status: 'completed' }),
      anAction({ status: 'cancelled' }),
      anAction(),
      anAction({ type: 'create_note' }),
    ];
    expect(insightOf(actions, 0).shares).toEqual([
      {
        type: 'email_message',
        agentId: 'agt_1',
        agent: 'Billing',
        decided: 3,
        edited: 1,
        rejected: 1,
        byRule: 1,
        medianMs: 120_000,
        slowestMs: 180_000,
      },
    ]);
  });

  it('has every day, also one on which nothing happened', () => {
    const noon = (day: number) => new Date(2030, 0, day, 12).toISOString();
    const actions = [anAction({ created_at: noon(1), approval: decision(noon(3)) }), anAction({ created_at: noon(1) })];
    expect(insightOf(actions, 0).days.map(({ proposed, decided }) => [proposed, decided])).toEqual([
      [2, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(insightOf([], 0).days).toEqual([]);
  });

  it('counts what waits by its age', () => {
    const now = Date.parse('2030-01-03T00:00:00.000Z');
    const aged = (minutes: number) => anAction({ created_at: new Date(now - minutes * 60_000).toISOString() });
    const { waiting } = insightOf([aged(1), aged(4), aged(5), aged(59), aged(60), aged(3_000)], now);
    expect(waiting.map(({ count }) => count)).toEqual([2, 2, 1, 1]);
  });
});
