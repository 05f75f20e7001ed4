import type { Actor } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import type { Leases } from './leases.ts';
import type { Slots } from './slots.ts';

/** A process that executes actions. */
export interface Worker extends Services {
  actor: Actor & { kind: 'system' };
  leases: Leases;
  slots: Slots;
}
