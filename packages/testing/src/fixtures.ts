import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Context } from '@proviso/core';
import { openWorld, type TestWorkspace, type World, type WorldOptions } from './world.ts';

/** Call these where hooks may be declared. Their hooks run before those declared later, and fill what they return. */

/** What `make` returns, made again before each test. */
export function eachTest<T extends object>(make: () => Promise<T>): T {
  const made = {} as T;
  beforeEach(async () => void Object.assign(made, await make()));
  return made;
}

/** A world for the tests of a file or a describe. */
export function useWorld(options: WorldOptions = {}): World {
  const world = {} as World;
  beforeAll(async () => void Object.assign(world, await openWorld(options)));
  afterAll(() => world.close());
  return world;
}

/** A workspace, its owner and a reviewer: the same for all tests, or new ones `beforeEach`. */
export function useWorkspace(world: World, when = beforeAll) {
  const [workspace, owner, reviewer] = [{} as TestWorkspace, {} as Context, {} as Context];
  when(async () => {
    Object.assign(workspace, await world.workspace());
    Object.assign(owner, await workspace.as({}));
    Object.assign(reviewer, await workspace.as({ role: 'reviewer' }));
  });
  return { workspace, owner, reviewer };
}
