import type { Action, Reader, Reviewer, Snooze } from '@proviso/contracts';
import { request } from './client.ts';

const of = (id: string): string => `/v1/actions/${encodeURIComponent(id)}`;

/** Says that this page shows the action; the reply names who else is reading it. */
export const reportReading = async (id: string): Promise<Reader[]> =>
  (await request<{ readers: Reader[] }>(`${of(id)}/readers`, { method: 'POST', body: {} })).readers;

export const assignAction = async (id: string, userId: string | null): Promise<Action> =>
  (await request<{ action: Action }>(`${of(id)}/assign`, { method: 'POST', body: { user_id: userId } })).action;

export const commentOnAction = async (id: string, comment: string): Promise<Action> =>
  (await request<{ action: Action }>(`${of(id)}/comments`, { method: 'POST', body: { comment } })).action;

/** `until` null: until the action changes. */
export const snoozeAction = async (id: string, until: string | null): Promise<Snooze> =>
  (await request<{ snooze: Snooze }>(`${of(id)}/snooze`, { method: 'POST', body: { until } })).snooze;

export const unsnoozeAction = (id: string): Promise<unknown> => request(`${of(id)}/snooze`, { method: 'DELETE' });

export const listSnoozes = async (): Promise<Snooze[]> =>
  (await request<{ snoozes: Snooze[] }>('/v1/snoozes', { query: { limit: 100 } })).snoozes;

export const listReviewers = async (): Promise<Reviewer[]> =>
  (await request<{ reviewers: Reviewer[] }>('/v1/reviewers', { query: { limit: 100 } })).reviewers;
