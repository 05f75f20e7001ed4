import type { JsonObject } from '@proviso/contracts';
import { newId, formatId } from '@proviso/core';
import { reread, type CrashPoint } from '@proviso/testing';
import { useWorld, useWorkspace } from '@proviso/testing/fixtures';
import { Simulation } from './simulation.ts';
import { scenariosOf, type Scenario } from './scenarios.ts';

interface Kind {
  type: string;
  params: JsonObject;
}

const KINDS: Record<string, Kind> = {
  transactional: { type: 'create_note', params: { content: 'a note' } },
  idempotent: { type: 'provider_idempotent', params: { say: 'hello' } },
  'at most once': { type: 'provider_at_most_once', params: { say: 'hello' } },
  'at most once, of a provider that cannot be asked': {
    type: 'provider_at_most_once',
    params: { say: 'hello', answers: false },
  },
};

describe.each(Object.entries(KINDS))('%s', (_, { type, params }) => {
  const world = useWorld();
  const { workspace, ...team } = useWorkspace(world);
  const { owner: stranger } = useWorkspace(world);
  const people = { ...team, stranger };
  let contact: string;
  beforeAll(async () => {
    const data = { id: newId(), workspace_id: workspace.id, email: 'a@example.com' };
    contact = formatId('contact', (await world.db.tables.contacts.create({ data })).id);
  });

  const all = type === 'create_note' ? () => ({ ...params, contact_id: contact }) : () => params;
  const scenarios = scenariosOf(type, params, type !== 'create_note');

  /** Runs a scenario with these crashes. Returns its processes; throws if a promise was broken. */
  async function runWith(name: string, crashPoints: (CrashPoint | undefined)[]): Promise<Simulation['processes']> {
    const scenario = scenariosOf(type, all(), type !== 'create_note').find((one) => one.name === name) as Scenario;
    const simulation = new Simulation({ world, workspace, people, crashPoints });
    try {
      await scenario.run(simulation);
      await simulation.settle();
      const { violations } = await simulation.judge();
      if (crashPoints.length === 0) expect((await reread(world, simulation)).status).toBe(scenario.ends);
      if (violations.length > 0) throw new Error(describeCrashes(simulation, crashPoints, violations));
      return simulation.processes;
    } finally {
      simulation.close();
    }
  }

  /** Crashes the process that starts after the `earlier` crashes, once at each of its crash points. */
  async function crashEverywhere(name: string, earlier: CrashPoint[]): Promise<readonly string[]> {
    const injector = (await runWith(name, earlier))[earlier.length]?.injector;
    for (const point of injector?.points() ?? []) await runWith(name, [...earlier, point]);
    return injector?.calls ?? [];
  }

  it.each(scenarios)(
    '$name: keeps every promise, whichever call its process crashes at',
    async ({ name, ends }) => {
      const calls = await crashEverywhere(name, []);
      expect(calls).toEqual(
        expect.arrayContaining(['action_create', ...(ends === 'completed' ? ['action_claim'] : [])]),
      );
    },
    120_000,
  );

  const begun = type !== 'create_note';
  it.each<[string, CrashPoint]>([
    ['claimed it', { call: 'action_claim', when: 'after' }],
    ...(begun ? [['began', { call: 'action_begin_effect', when: 'after' }] as [string, CrashPoint]] : []),
    ...(begun ? [['sent it', { call: 'provider.send', when: 'after' }] as [string, CrashPoint]] : []),
    ...(begun
      ? []
      : [['wrote it, and before it committed', { call: 'commit', when: 'before' }] as [string, CrashPoint]]),
  ])(
    'keeps every promise when a worker crashes after it %s, and its recoverer crashes at any of its calls',
    async (_what, crashPoint) => {
      const calls = await crashEverywhere('created and run', [crashPoint]);
      expect(calls).toContain('action_adopt_lost');
    },
    120_000,
  );
});

function describeCrashes(
  simulation: Simulation,
  crashPoints: (CrashPoint | undefined)[],
  violations: object[],
): string {
  const crashes = crashPoints.map((crashPoint, index) => {
    const { calls = [] } = simulation.processes[index]?.injector ?? {};
    const call =
      typeof crashPoint?.call === 'number' ? `${calls[crashPoint.call]} (call ${crashPoint.call})` : crashPoint?.call;
    return crashPoint ? `process ${index} crashed ${crashPoint.when} ${call}` : '';
  });
  return `${crashes.join('; ')}: ${JSON.stringify(violations, null, 2)}`;
}
