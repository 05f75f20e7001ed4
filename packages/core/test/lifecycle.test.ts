import { EVENTS, STATUSES, TERMINAL, type Status } from '@proviso/contracts';
import { claim, createAction, LIFECYCLE, transition, transitionHeld, type ActionRow, type Move } from '@proviso/core';
import { reread } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';

/** The lifecycle as the design draws it, by hand: where each event leads from each status; a blank is a refusal. */
const DRAWN = `
                           pending_approval  scheduled         approved          auto_approved     running           completed  failed  rejected  cancelled
action.updated             pending_approval  scheduled         approved          auto_approved     -
action.approved            approved          -                 -                 -                 -
action.rejected            rejected          -                 -                 -                 -
action.cancelled           cancelled         cancelled         cancelled         cancelled         -
action.expired             cancelled         cancelled         cancelled         cancelled         -
action.returned_to_review  -                 pending_approval  pending_approval  pending_approval  pending_approval
action.recalled            -                 pending_approval  pending_approval  pending_approval  -
action.assigned            pending_approval  -                 -                 -                 -
action.commented           pending_approval  scheduled         approved          auto_approved     running           completed  failed  rejected  cancelled
action.released            -                 scheduled         approved          auto_approved     -
action.claimed             -                 running           running           running           -
action.retried             -                 -                 -                 -                 scheduled
action.requeued            -                 -                 -                 -                 scheduled
action.completed           -                 -                 -                 -                 completed
action.failed              -                 -                 -                 -                 failed
action.outcome_confirmed   -                 -                 -                 -                 -                 -          failed
`;

const MOVES = EVENTS.filter((event): event is Move => event !== 'action.created');

function drawn(): { from: Status; move: Move; to: Status | undefined }[] {
  const [head, ...lines] = DRAWN.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const rows = new Map(lines.map(([move, ...targets]) => [move as Move, targets]));
  return STATUSES.flatMap((from) =>
    MOVES.map((move) => {
      const target = rows.get(move)?.[(head as string[]).indexOf(from)];
      return { from, move, to: target === undefined || target === '-' ? undefined : (target as Status) };
    }),
  );
}

describe('lifecycle', () => {
  const world = useWorld();
  const { workspace, owner } = useWorkspace(world);

  const propose = (): Promise<ActionRow> =>
    createAction(owner, {
      type: 'probe_idempotent',
      identity_id: workspace.identityId,
      params: { say: 'hello' },
      require_approval: true,
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });

  /** A row put into a status by force: this test is about where the verbs lead from there. */
  async function rowIn(status: Status, move: Move): Promise<ActionRow> {
    const action = await propose();
    const set = ['status = $2'];
    if (status !== 'pending_approval') set.push("cleared_hash = 'forced'");
    if (status === 'running')
      set.push("status_before_run = 'scheduled', fence = 1, lease_until = now() + interval '1 hour'");
    if ((TERMINAL as readonly Status[]).includes(status)) set.push('completed_at = now()');
    if (move === 'action.outcome_confirmed') set.push("status_reason = 'outcome_unknown'");
    if (move === 'action.expired') set.push("expires_at = now() - interval '1 second'");
    await world.db.pool.query(`update actions set ${set.join(', ')} where id = $1`, [action.id, status]);
    return reread(world, action);
  }

  const eventsOf = ({ id }: ActionRow) =>
    world.db.tables.action_events.findMany({ where: { action_id: id }, orderBy: { version: 'asc' } });

  const actor = { kind: 'system', id: 'test', name: 'Test' } as const;
  const how = { actor, delayMs: 1_000, data: {}, change: { cleared_hash: 'forced' } };
  const WORKERS: readonly Move[] = ['action.retried', 'action.requeued', 'action.completed', 'action.failed'];

  /** A claim is a statement of its own: it asks for what may run, and gets it or nothing. */
  async function make(move: Move, row: ActionRow): Promise<ActionRow | null> {
    if (move === 'action.claimed') {
      return (await claim(world.worker(), row.id)).action ?? null;
    }
    return WORKERS.includes(move) ? transitionHeld(world.db, row, move, how) : transition(world.db, row, move, how);
  }

  it.each(drawn())('$from × $move → $to', async ({ from, move, to }) => {
    const before = await rowIn(from, move);
    if (to) {
      const after = await make(move, before);
      expect(after).toMatchObject({ status: to, version: before.version + 1 });
      const events = await eventsOf(before);
      expect(events.map(({ version, event, status }) => [version, event, status])).toEqual([
        [1, 'action.created', 'pending_approval'],
        [2, move, to],
      ]);
    } else {
      const refused = await make(move, before).catch((error: { code: string }) => error.code);
      expect([null, 'INVALID_STATE']).toContain(refused);
      expect(await reread(world, before)).toEqual(before);
      expect(await eventsOf(before)).toHaveLength(1);
    }
  });

  it('draws the same table as the code', () => {
    for (const { from, move, to } of drawn()) {
      const coded = LIFECYCLE[from][move];
      expect([from, move, coded === 'status_before_run' ? 'scheduled' : coded]).toEqual([from, move, to]);
    }
  });

  it('moves nothing for another workspace', async () => {
    const row = await propose();
    const elsewhere = { ...row, workspace_id: (await world.workspace()).id };
    await expect(transition(world.db, elsewhere, 'action.cancelled', how)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await reread(world, row)).status).toBe('pending_approval');
  });

  it('moves nothing that changed since it was read, and shows what it is now', async () => {
    const seen = await propose();
    await transition(world.db, seen, 'action.updated', { actor, change: { description: 'changed' } });
    const late = transition(world.db, seen, 'action.approved', how);
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT', action: { version: 2, description: 'changed' } });
  });

  it('records nothing for a worker with an outdated fence', async () => {
    const row = await rowIn('running', 'action.completed');
    const stale = { ...row, fence: row.fence - 1 };
    expect(await transitionHeld(world.db, stale, 'action.completed', how)).toBeNull();
    expect((await reread(world, row)).status).toBe('running');
  });

  it.each(['action.updated', 'action.cancelled', 'action.returned_to_review', 'action.expired'] as const)(
    'refuses %s once the effect may have begun, also between two attempts',
    async (move) => {
      const row = await rowIn('approved', move);
      await world.setAction(row.id, 'effect_started_at = now()');
      await expect(transition(world.db, row, move, how)).rejects.toMatchObject({ code: 'INVALID_STATE' });
      expect((await reread(world, row)).version).toBe(row.version);
    },
  );

  it('does not approve expired actions, and expires only those', async () => {
    const row = await rowIn('pending_approval', 'action.expired');
    await expect(transition(world.db, row, 'action.approved', how)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    const alive = await propose();
    await expect(transition(world.db, alive, 'action.expired', how)).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });
});
