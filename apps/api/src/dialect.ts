/** The two wire formats of the service. The address determines which. */
export type Dialect = 'v1' | 'pending-actions';

export const dialectAt = (path: string): Dialect =>
  /^\/api\/pending-actions(\/|$)/.test(path) ? 'pending-actions' : 'v1';
