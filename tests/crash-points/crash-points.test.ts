import type { JsonObject } from '@proviso/contracts';
import { newId, showId } from '@proviso/core';
import { openWorld, reread, type TestWorkspace, type World } from '@proviso/testing';
import type { Strike } from './doomed.ts';
import { Stage, type StageOptions } from './stage.ts';
import { storiesOf, type Story } from './stories.ts';

interface Kind {
  type: string;
  params: JsonObject;
}

const KINDS: Record<string, Kind> = {
  transactional: { type: 'create_note', params: { content: 'a note' } },
  idempotent: { type: 'far_idempotent', params: { say: 'hello' } },
  'at most once': { type: 'far_at_most_once', params: { say: 'hello' } },
  'at most once, of a provider that cannot be asked': {
    type: 'far_at_most_once',
    params: { say: 'hello', answers: false },
  },
};

describe.each(Object.entries(KINDS))('%s', (_, { type, params }) => {
  let world: World;
  let workspace: TestWorkspace;
  let people: StageOptions['people'];
  let contact: string;
  beforeAll(async () => {
    world = await openWorld();
    workspace = await world.workspace();
    const stranger = await (await world.workspace()).as({});
    people = { owner: await workspace.as({}), reviewer: await workspace.as({ role: 'reviewer' }), stranger };
    const data = { id: newId(), workspace_id: workspace.id, email: 'a@example.com' };
    contact = showId('contact', (await world.db.tables.contacts.create({ data })).id);
  });
  afterAll(() => world.close());

  const all = type === 'create_note' ? () => ({ ...params, contact_id: contact }) : () => params;
  const stories = storiesOf(type, params, type !== 'create_note');

  /** One life with these deaths; returns its processes' calls, and throws with its story where a promise was broken. */
  async function live(name: string, strikes: (Strike | undefined)[]): Promise<Stage['processes']> {
    const story = storiesOf(type, all(), type !== 'create_note').find((one) => one.name === name) as Story;
    const stage = new Stage({ world, workspace, people, strikes });
    try {
      await story.tell(stage);
      await stage.settle();
      const { violations } = await stage.judge();
      if (strikes.length === 0) expect((await reread(world, stage)).status).toBe(story.ends);
      if (violations.length > 0) throw new Error(describeDeaths(stage, strikes, violations));
      return stage.processes;
    } finally {
      stage.close();
    }
  }

  /** Dies before and after each call of the process that comes after `earlier` deaths. */
  async function dieEverywhere(name: string, earlier: Strike[]): Promise<readonly string[]> {
    const doom = (await live(name, earlier))[earlier.length]?.doom;
    for (const point of doom?.points() ?? []) await live(name, [...earlier, point]);
    return doom?.calls ?? [];
  }

  it.each(stories)(
    '$name: keeps every promise, whichever call of it was the last of its process',
    async ({ name, ends }) => {
      const calls = await dieEverywhere(name, []);
      expect(calls).toEqual(
        expect.arrayContaining(['action_create', ...(ends === 'completed' ? ['action_claim'] : [])]),
      );
    },
    120_000,
  );

  const begun = type !== 'create_note';
  it.each<[string, Strike]>([
    ['claimed it', { call: 'action_claim', when: 'after' }],
    ...(begun ? [['began', { call: 'action_begin_effect', when: 'after' }] as [string, Strike]] : []),
    ...(begun ? [['sent it', { call: 'far.send', when: 'after' }] as [string, Strike]] : []),
    ...(begun ? [] : [['wrote it, and before it committed', { call: 'commit', when: 'before' }] as [string, Strike]]),
  ])(
    'keeps every promise when a worker dies after it %s, and whoever recovers it dies at any of its calls',
    async (_what, strike) => {
      const calls = await dieEverywhere('created and run', [strike]);
      expect(calls).toContain('action_adopt_lost');
    },
    120_000,
  );
});

function describeDeaths(stage: Stage, strikes: (Strike | undefined)[], violations: object[]): string {
  const deaths = strikes.map((strike, index) => {
    const { calls = [] } = stage.processes[index]?.doom ?? {};
    const call = typeof strike?.call === 'number' ? `${calls[strike.call]} (call ${strike.call})` : strike?.call;
    return strike ? `process ${index} died ${strike.when} ${call}` : '';
  });
  return `${deaths.join('; ')}: ${JSON.stringify(violations, null, 2)}`;
}
