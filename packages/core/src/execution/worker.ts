import type { Actor } from '@proviso/contracts';
import type { Services } from '../context.ts';
import type { Holds } from './holds.ts';
import type { Room } from './room.ts';

/** A process that executes actions. */
export interface Worker extends Services {
  actor: Actor & { kind: 'system' };
  holds: Holds;
  room: Room;
}
