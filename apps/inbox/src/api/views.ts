import type { View } from '@proviso/contracts';
import { request } from './client.ts';

export const listViews = async (): Promise<View[]> =>
  (await request<{ views: View[] }>('/v1/views', { query: { limit: 100 } })).views;

export const createView = (view: Pick<View, 'name' | 'filters' | 'shared'>): Promise<unknown> =>
  request('/v1/views', { method: 'POST', body: view });

export const deleteView = (id: string): Promise<unknown> =>
  request(`/v1/views/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** Cancels the demo proposals; the reply says how many. */
export const removeDemo = async (): Promise<number> =>
  (await request<{ removed: number }>('/v1/demo', { method: 'DELETE' })).removed;
