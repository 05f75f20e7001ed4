import { createAction, execute, formatId, type Context } from '@proviso/core';
import { openWorld, reread, type TestWorkspace, type World } from '@proviso/testing';
import { pino } from 'pino';

const SECRET = 'what nobody may read in a log';

describe('a run that does not complete its action', () => {
  let world: World;
  let workspace: TestWorkspace;
  let owner: Context;
  beforeAll(async () => {
    world = await openWorld();
    workspace = await world.workspace();
    owner = await workspace.as({});
  });
  afterAll(() => world.close());

  /** Runs a probe once, and gives what the worker's log says at info. */
  async function logOf(params: object, attemptsMax = 5): Promise<{ id: string; lines: Record<string, unknown>[] }> {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const body = { type: 'probe_at_most_once', identity_id: workspace.identityId, params: { say: SECRET, ...params } };
    const { id } = await createAction(owner, body);
    await execute({ ...world.worker({ attemptsMax }), log }, id);
    expect(await reread(world, { id })).not.toMatchObject({ status: 'running' });
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    return { id, lines };
  }

  it.each<[string, object, string, string]>([
    ['a refusal', { outcome: 'refused' }, 'provider_refused', 'an action failed'],
    ['an outcome that nobody knows', { outcome: 'unknown' }, 'outcome_unknown', 'an action failed'],
    ['a guard’s refusal', { guard: 'refused' }, 'guard_refused', 'an action failed'],
    ['a passing fault', { outcome: 'retry' }, 'retry', 'an action will be retried'],
  ])('logs a line at info with ids and codes, and nothing that was sent: %s', async (_, params, reason, msg) => {
    const { id, lines } = await logOf(params);
    expect(lines).toMatchObject([
      {
        level: 30,
        action: formatId('action', id),
        workspace: workspace.id,
        type: 'probe_at_most_once',
        reason,
        attempts: 1,
        msg,
      },
    ]);
  });

  it('logs that it was given up', async () => {
    expect((await logOf({ outcome: 'retry' }, 1)).lines).toMatchObject([
      { reason: 'attempts_exhausted', msg: 'an action failed' },
    ]);
  });

  it.each(['done', 'later'])('logs nothing if nothing went wrong: %s', async (how) => {
    expect((await logOf(how === 'done' ? {} : { guard: 'later' })).lines).toEqual([]);
  });
});
