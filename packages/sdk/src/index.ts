export type { Action } from '@proviso/contracts';
