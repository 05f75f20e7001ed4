import type { Actor } from '@proviso/contracts';
import type { Services } from '../context.ts';
import type { Holds } from './holds.ts';
import type { Slots } from './slots.ts';

/** A process that executes actions. */
export interface Worker extends Services {
  actor: Actor & { kind: 'system' };
  holds: Holds;
  slots: Slots;
}
