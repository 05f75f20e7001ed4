import { createAction, execute, expireOpen, formatId } from '@proviso/core';
import { reread } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { pino } from 'pino';

const SECRET = 'what nobody may read in a log';

describe('the outcome of a run', () => {
  const world = useWorld();
  const { workspace, owner } = useWorkspace(world);

  function capture() {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    return { log, lines };
  }

  /** Runs a probe once, and gives what the worker's log says at info. */
  async function logOf(params: object, attemptsMax = 5): Promise<{ id: string; lines: Record<string, unknown>[] }> {
    const { log, lines } = capture();
    const body = { type: 'probe_at_most_once', identity_id: workspace.identityId, params: { say: SECRET, ...params } };
    const { id } = await createAction(owner, body);
    await execute({ ...world.worker({ attemptsMax }), log }, id);
    expect(await reread(world, { id })).not.toMatchObject({ status: 'running' });
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    return { id, lines };
  }

  it.each<[string, object, object, number]>([
    ['a refusal', { outcome: 'refused' }, { reason: 'provider_refused', msg: 'an action failed' }, 5],
    ['an outcome that nobody knows', { outcome: 'unknown' }, { reason: 'outcome_unknown', msg: 'an action failed' }, 5],
    ['a guard’s refusal', { guard: 'refused' }, { reason: 'guard_refused', msg: 'an action failed' }, 5],
    ['a passing fault', { outcome: 'retry' }, { reason: 'retry', msg: 'an action will be retried' }, 5],
    ['a last attempt', { outcome: 'retry' }, { reason: 'attempts_exhausted', msg: 'an action failed' }, 1],
    ['a completion', {}, { msg: 'an action completed' }, 5],
  ])('logs a line at info with ids and codes, and nothing that was sent: %s', async (_, params, says, attemptsMax) => {
    const { id, lines } = await logOf(params, attemptsMax);
    const ids = { action: formatId('action', id), workspace: workspace.id, type: 'probe_at_most_once' };
    expect(lines).toMatchObject([{ level: 30, ...ids, attempts: 1, ...says }]);
  });

  it('is logged when the action expired before it started', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await createAction(owner, {
      type: 'probe_at_most_once',
      identity_id: workspace.identityId,
      params: { say: SECRET },
      expires_at,
    });
    await world.setAction(id, "expires_at = now() - interval '1 second'");
    const { log, lines } = capture();
    await expireOpen({ ...world.worker(), log });
    expect(lines).toMatchObject([{ action: formatId('action', id), reason: 'expired', msg: 'an action expired' }]);
  });

  it('is not logged while the action only waits for its turn', async () => {
    expect((await logOf({ guard: 'later' })).lines).toEqual([]);
  });
});
