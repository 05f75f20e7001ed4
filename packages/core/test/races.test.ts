import {
  AppError,
  cancelAction,
  clearedHash,
  createAction,
  decideAction,
  effectiveParams,
  execute,
  getAction,
  runActionNow,
  formatId,
  updateAction,
  type ActionRow,
  type Context,
} from '@proviso/core';
import { effectsOf, replay, reread } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';

const ROUNDS = 500;

describe('races', () => {
  const world = useWorld();
  const { workspace, owner, reviewer } = useWorkspace(world);

  const propose = (say = 'proposed'): Promise<ActionRow> =>
    createAction(owner, {
      type: 'probe_idempotent',
      identity_id: workspace.identityId,
      params: { say },
      require_approval: true,
    });

  /** 200 or the code of the refusal. */
  const answer = (call: Promise<ActionRow>): Promise<ActionRow | AppError> =>
    call.catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    });

  const DECISIONS = ['action.approved', 'action.rejected'];

  it('lets 50 people at once decide, cancel and run one action: one wins, the others get 409, and the log replays to the row', async () => {
    for (let round = 0; round < 4; round += 1) {
      const action = await propose();
      const verbs: (() => Promise<ActionRow>)[] = [
        () => decideAction(owner, action.id, { action: 'approve' }),
        () => decideAction(reviewer, action.id, { action: 'reject' }),
        () => decideAction(reviewer, action.id, { action: 'edit', edits: { say: 'edited' } }),
        () => cancelAction(owner, action.id, {}),
        () => runActionNow(owner, action.id, {}),
      ];
      const worker = world.worker();
      const answers = await Promise.all([
        ...Array.from({ length: 50 }, (_, index) =>
          answer((verbs[(index * 7 + round) % verbs.length] as () => Promise<ActionRow>)()),
        ),
        execute(worker, action.id).then(() => undefined),
      ]);
      for (const given of answers)
        if (given instanceof AppError) expect(['INVALID_STATE', 'CONFLICT']).toContain(given.code);
      await execute(worker, action.id);
      const { action: row, logs } = await getAction(owner, action.id);
      expect(logs.filter(({ event }) => DECISIONS.includes(event)).length).toBeLessThanOrEqual(1);
      expect(effectsOf(formatId('action', action.id)).length).toBeLessThanOrEqual(1);
      expect(replay(row, logs)).toEqual([]);
    }
  });

  it.each(['approve', 'edit'] as const)(
    `PATCH raced with %s ${ROUNDS} times: what runs is what one caller saw and approved, never a mixture`,
    async (decision) => {
      const worker = world.worker();
      const race = async (): Promise<void> => {
        const action = await propose('proposed');
        const edits = decision === 'edit' ? { edits: { after_ms: 7 } } : {};
        const [patched, decided] = await Promise.all([
          answer(updateAction(reviewerWhoWrites(), action.id, { params: { say: 'patched' } })),
          answer(decideAction(reviewer, action.id, { action: decision, ...edits })),
        ]);
        await execute(worker, action.id);
        const row = await reread(world, action);
        const effects = effectsOf(formatId('action', action.id));
        if (decided instanceof AppError) {
          // The decider lost: nothing was approved, so nothing ran.
          expect(row).toMatchObject({ status: 'pending_approval', params: { say: 'patched' }, cleared_hash: null });
          expect(effects).toEqual([]);
        } else if (patched instanceof AppError) {
          expect(effects.map(({ say }) => say)).toEqual(['proposed']);
          expect(row.status).toBe('completed');
        } else {
          // Both won, one after the other: the change came later, and voided the approval before it could run.
          expect(row).toMatchObject({
            status: 'pending_approval',
            user_edits: null,
            approval: null,
            cleared_hash: null,
          });
          expect(effectiveParams(row)).toMatchObject({ say: 'patched' });
          expect(effects).toEqual([]);
        }
      };
      for (let done = 0; done < ROUNDS; done += 10) await Promise.all(Array.from({ length: 10 }, race));
    },
    60_000,
  );

  /** May change actions, and may decide: so that only the guard stands between its PATCH and the approval. */
  const reviewerWhoWrites = (): Context => owner;

  it('runs one action once when 50 workers and sweeps look at it together', async () => {
    const action = await createAction(owner, {
      type: 'probe_at_most_once',
      identity_id: workspace.identityId,
      params: { say: 'once' },
    });
    const workers = Array.from({ length: 5 }, () => world.worker());
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => execute(workers[index % 5] as (typeof workers)[0], action.id)),
    );
    expect(effectsOf(formatId('action', action.id))).toHaveLength(1);
    expect(await reread(world, action)).toMatchObject({ status: 'completed', attempts: 1, fence: 1 });
  });

  it('binds every approval to the hash of what it clears', async () => {
    const action = await propose();
    const approved = await decideAction(owner, action.id, { action: 'edit', edits: { say: 'edited' } });
    expect(approved.cleared_hash).toBe(clearedHash(approved, world.executors));
    expect(approved.cleared_hash).not.toBe(clearedHash(action, world.executors));
  });
});
