// Each condition of the hot statements, by itself: without it, the test that names it fails.
import { claim, createAction, type ActionRow } from '@proviso/core';
import { reread } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { FIND_ENDED, FIND_EXPIRED } from '../src/action/sql/find.ts';
import { ADOPT_LOST, BEGIN_EFFECT, HEARTBEAT } from '../src/action/sql/leases.ts';
import { moveStatement } from '../src/action/sql/moves.ts';
import type { Move } from '../src/action/lifecycle.ts';

const LEASE_MS = 60_000;
const RELEASED = 'lease_until = null, lease_owner = null';

describe('the hot statements', () => {
  const world = useWorld();
  const { workspace, owner } = useWorkspace(world, beforeEach);
  beforeAll(async () => {
    // What the table refuses as well would hide what a statement does not.
    await world.db.pool.query(`alter table actions drop constraint if exists actions_lease_check,
      drop constraint if exists actions_end_check, drop constraint if exists actions_cleared_check, drop constraint if exists actions_asked`);
  });
  beforeEach(async () => {
    await world.db.pool.query(`update actions set status = 'cancelled', ${RELEASED}, expires_at = null`); // of the tests before
  });

  const create = (more: object = {}): Promise<ActionRow> =>
    createAction(owner, { type: 'probe_idempotent', identity_id: workspace.identityId, params: {}, ...more });
  const set = (action: ActionRow, columns: string) => world.setAction(action.id, columns);

  async function held(columns?: string): Promise<ActionRow> {
    const { action } = await claim(world.worker(), (await create()).id);
    if (!action) throw new Error('not claimed');
    if (columns) await set(action, columns);
    return action;
  }
  const idsOf = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);

  const NOT_HELD: [string, string, number][] = [
    ['whose lease is over, though nobody has taken it', "lease_until = now() - interval '1 ms'", 0],
    ['that another worker has', 'fence = fence + 1', 0],
    ['under a fence of before', 'fence = fence', -1],
    ['that has ended', `status = 'completed', ${RELEASED}`, 0],
    ['that has ended, though a lease is left', "status = 'completed'", 0],
    ['that went back to a person', `status = 'pending_approval', ${RELEASED}`, 0],
  ];

  describe('a heartbeat', () => {
    const beat = async (action: ActionRow, fence = action.fence) =>
      idsOf(await world.db.query(HEARTBEAT, { ids: [action.id], fences: [fence], leaseMs: LEASE_MS }));

    it('renews a valid lease', async () => {
      const action = await held("lease_until = now() + interval '1 s'");
      expect(await beat(action)).toEqual([action.id]);
      expect((await reread(world, action)).lease_until?.getTime()).toBeGreaterThan(Date.now() + LEASE_MS / 2);
    });

    it.each(NOT_HELD)('does not renew a lease %s', async (_, columns, off) => {
      const action = await held(columns);
      const { lease_until } = await reread(world, action);
      expect(await beat(action, action.fence + off)).toEqual([]);
      expect((await reread(world, action)).lease_until).toEqual(lease_until);
    });
  });

  describe('a beginning', () => {
    const begin = async (action: ActionRow, fence = action.fence) =>
      idsOf(await world.db.query(BEGIN_EFFECT, { id: action.id, fence, leaseMs: LEASE_MS }));

    it('is written once and renews the lease', async () => {
      const action = await held();
      expect(await begin(action)).toEqual([action.id]);
      const { effect_started_at } = await reread(world, action);
      expect(await begin(action)).toEqual([action.id]);
      expect((await reread(world, action)).effect_started_at).toEqual(effect_started_at);
    });

    it.each(NOT_HELD)('is refused to a worker of an action %s', async (_, columns, off) => {
      const action = await held(columns);
      expect(await begin(action, action.fence + off)).toEqual([]);
      expect((await reread(world, action)).effect_started_at).toBeNull();
    });
  });

  describe('a sweep takes over', () => {
    const adopt = async (types: string[], count = 100) =>
      (await world.db.query(ADOPT_LOST, { count, owner: 'sweeper', types, leaseMs: LEASE_MS })).map(
        ({ action }) => action.id,
      );
    const over = (ms: number) => `lease_until = now() - interval '${ms} ms'`;

    it.each<[string, string, string[], boolean]>([
      ['what has lost its worker', over(1), ['probe_idempotent'], true],
      ['nothing that has its lease', 'fence = fence', ['probe_idempotent'], false],
      ['nothing that has ended', `status = 'completed', ${RELEASED}`, ['probe_idempotent'], false],
      [
        'nothing that has ended, though a lease is left',
        `status = 'completed', ${over(1)}`,
        ['probe_idempotent'],
        false,
      ],
      ['nothing of an unknown type before ten leases', over(LEASE_MS), [], false],
      ['what is of an unknown type after ten leases', over(11 * LEASE_MS), [], true],
      ['what is of a workspace’s tool, known or not', `tool_version = 1, ${over(1)}`, [], true],
    ])('%s', async (_, columns, types, isTaken) => {
      const action = await held(columns);
      expect(await adopt(types)).toEqual(isTaken ? [action.id] : []);
      const { fence, crashes } = await reread(world, action);
      expect([fence, crashes]).toEqual(isTaken ? [action.fence + 1, 1] : [action.fence, 0]);
    });

    it('as many as it asks for, the oldest first', async () => {
      const [late, early] = [await held(over(1)), await held(over(1_000))];
      expect(await adopt(['probe_idempotent'], 1)).toEqual([early.id]);
      expect(await adopt(['probe_idempotent'])).toEqual([late.id]);
    });
  });

  describe('what has expired', () => {
    const PAST = "expires_at = now() - interval '1 s'";
    const found = async () => (await world.db.query(FIND_EXPIRED, { count: 100 })).map(({ action }) => action.id);

    it.each<[string, string, boolean]>([
      ['an open one past its time is', PAST, true],
      ['one that waits for a person is', `status = 'pending_approval', ${PAST}`, true],
      ['one before its time is not', "expires_at = now() + interval '1 hour'", false],
      ['one without a time is not', 'expires_at = null', false],
      ['one that may have begun is not', `effect_started_at = now(), ${PAST}`, false],
      ['one that runs is not', `status = 'running', lease_until = now(), lease_owner = 'w', ${PAST}`, false],
      ['one that has ended is not', `status = 'completed', ${PAST}`, false],
    ])('%s', async (_, columns, isFound) => {
      const action = await create();
      await set(action, columns);
      expect(await found()).toEqual(isFound ? [action.id] : []);
    });
  });

  it.each<[string, boolean]>([
    ['completed', true],
    ['failed', true],
    ['rejected', true],
    ['cancelled', true],
    ['running', false],
    ['scheduled', false],
    ['pending_approval', false],
  ])('an action that is %s has ended: %s', async (status, hasEnded) => {
    const action = await create();
    const lease = status === 'running' ? "lease_until = now(), lease_owner = 'w'" : RELEASED;
    await set(action, `status = '${status}', ${lease}`);
    expect(idsOf(await world.db.query(FIND_ENDED, { ids: [action.id] }))).toEqual(hasEnded ? [action.id] : []);
  });

  describe('a move', () => {
    const move = async (
      name: Move,
      action: ActionRow,
      more: { version?: number; fence?: number; in?: string } = {},
    ) => {
      const options = JSON.stringify({ due_now: false, delay_ms: 0, undone: true, uncounted: false });
      const [answer] = await world.db.query(moveStatement(name), {
        id: action.id,
        workspace: more.in ?? action.workspace_id,
        version: more.version ?? null,
        fence: more.fence ?? null,
        actor: JSON.stringify(action.created_by),
        data: '{}',
        change: '{}',
        options,
        token: null,
        key: null,
        requestHash: null,
        identityVersion: null,
      });
      return answer?.code;
    };
    const PAST = "expires_at = now() - interval '1 s'";
    const BEGUN = 'effect_started_at = now()';

    it.each<[Move, string, string]>([
      ['action.updated', BEGUN, 'BEGUN'],
      ['action.cancelled', BEGUN, 'BEGUN'],
      ['action.returned_to_review', BEGUN, 'BEGUN'],
      ['action.recalled', BEGUN, 'BEGUN'],
      ['action.outcome_confirmed', `status = 'failed', ${RELEASED}, status_reason = 'crashed'`, 'OUTCOME_KNOWN'],
      ['action.approved', `status = 'pending_approval', ${PAST}`, 'EXPIRED'],
      ['action.rejected', `status = 'pending_approval', ${PAST}`, 'EXPIRED'],
      ['action.released', PAST, 'EXPIRED'],
      ['action.released', `${PAST}, ${BEGUN}`, 'MOVED'],
      ['action.expired', "expires_at = now() + interval '1 hour'", 'NOT_EXPIRED'],
      ['action.expired', 'expires_at = null', 'NOT_EXPIRED'],
      ['action.expired', `${PAST}, ${BEGUN}`, 'NOT_EXPIRED'],
      ['action.expired', PAST, 'MOVED'],
      ['action.completed', "status = 'scheduled'", 'INVALID_STATE'],
      ['action.approved', "status = 'completed'", 'INVALID_STATE'],
    ])('%s of one with %s: %s', async (name, columns, code) => {
      const action = await create();
      await set(action, columns);
      expect(await move(name, action)).toBe(code);
    });

    it('requires the version that was read, the current fence and the workspace', async () => {
      const action = await held();
      const { version, fence } = await reread(world, action);
      const elsewhere = (await world.workspace()).id;
      expect(await move('action.completed', action, { version: version - 1 })).toBe('CONFLICT');
      expect(await move('action.completed', action, { version: version + 1 })).toBe('CONFLICT');
      expect(await move('action.completed', action, { fence: fence - 1 })).toBe('CONFLICT');
      expect(await move('action.completed', action, { fence: fence + 1 })).toBe('CONFLICT');
      expect(await move('action.completed', action, { in: elsewhere })).toBe('NOT_FOUND');
      expect(await move('action.completed', action, { version, fence })).toBe('MOVED');
    });
  });
});
