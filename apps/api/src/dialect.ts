/** The two wire forms of the one service. An address says which. */
export type Dialect = 'v1' | 'pending-actions';

export const dialectAt = (path: string): Dialect =>
  /^\/api\/pending-actions(\/|$)/.test(path) ? 'pending-actions' : 'v1';
