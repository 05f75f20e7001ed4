import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { Agent, CountActionsReply, JsonObject, WorkspaceSettings } from '@proviso/contracts';
import type { Waiting } from '../waiting/waiting.ts';
import { emptyWaiting, withPage } from '../waiting/waiting.ts';
import { listActions, type ActionQuery } from './actions.ts';
import { listReviewers, listSnoozes } from './together.ts';
import { listViews } from './views.ts';
import { request, RequestFailure } from './client.ts';
import { readSession } from './session.ts';

const RETRIES_MAX = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < RETRIES_MAX && !(error instanceof RequestFailure && error.status < 500),
    },
  },
});

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: readSession, staleTime: Infinity });

/** `me` = assigned to me; `mine` = to me, or to nobody. */
export const ASSIGNEES = ['mine', 'me'] as const;
export type Assignee = (typeof ASSIGNEES)[number];

/** Has waited longer than this, in hours. */
export const AGES = { hour: 1, day: 24, week: 168 } as const;
export type Age = keyof typeof AGES;

/** What the service filters by. */
export interface WaitingFilter {
  q?: string | undefined;
  age?: Age | undefined;
  type?: string | undefined;
  agent?: string | undefined;
  run?: string | undefined;
  assignee?: Assignee | undefined;
  newestFirst: boolean;
}

const filterQuery = ({ q, age, type, agent, run, assignee }: WaitingFilter): ActionQuery => ({
  status: 'pending_approval',
  q: q?.trim() || undefined,
  created_before: age && new Date(waitsSince(age)).toISOString(),
  type,
  agent_id: agent,
  run_id: run,
  assignee: assignee === 'mine' ? 'me,none' : assignee,
  snoozed: 'false',
});

/** What was proposed before this has waited so long. */
export const waitsSince = (age: Age): number => Date.now() - AGES[age] * 3_600_000;

export const pageQuery = ({ newestFirst, ...filter }: WaitingFilter): ActionQuery => ({
  ...filterQuery({ ...filter, newestFirst }),
  sort_dir: newestFirst ? 'desc' : 'asc',
});

/** What the other filters leave, by type and agent: asked for again after what happens. */
export const countsQuery = ({ type: _type, agent: _agent, ...filter }: WaitingFilter) =>
  queryOptions({
    queryKey: ['actions', 'count', 'kinds', filter],
    queryFn: ({ signal }) => request<CountActionsReply>('/v1/actions/counts', { query: filterQuery(filter), signal }),
  });

/** The stream keeps it fresh, so that it is never read again by itself. */
export const waitingQuery = (filter: WaitingFilter) =>
  queryOptions<Waiting>({
    queryKey: ['waiting', filter],
    queryFn: async ({ signal }) => withPage(emptyWaiting, await listActions(pageQuery(filter), signal)),
    staleTime: Infinity,
    gcTime: 60_000,
  });

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: async () => (await request<{ agents: Agent[] }>('/v1/agents', { query: { limit: 100 } })).agents,
});

export interface IdentityView {
  identity_id: string;
  provider: string;
  name: string;
  status: string;
}

export const identitiesQuery = queryOptions({
  queryKey: ['identities'],
  queryFn: async () =>
    (await request<{ identities: IdentityView[] }>('/v1/identities', { query: { limit: 100 } })).identities,
});

export const toolSchemaQuery = (name: string) =>
  queryOptions({
    queryKey: ['tool-schema', name],
    queryFn: async () =>
      (await request<{ input_schema: JsonObject }>(`/v1/tools/${encodeURIComponent(name)}/input-schema`)).input_schema,
  });

export const settingsQuery = queryOptions({
  queryKey: ['settings', 'workspace'],
  queryFn: async () => (await request<{ settings: WorkspaceSettings }>('/v1/settings')).settings,
});

/** The risk of single types as the settings say; read with the session, so that it is there before any card. */
export const riskRules = (): WorkspaceSettings['risk_by_type'] =>
  queryClient.getQueryData(settingsQuery.queryKey)?.risk_by_type ?? {};

export const reviewersQuery = queryOptions({ queryKey: ['reviewers'], queryFn: listReviewers });

/** What this person has put off. */
export const snoozesQuery = queryOptions({ queryKey: ['snoozes'], queryFn: listSnoozes, staleTime: Infinity });

export const viewsQuery = queryOptions({ queryKey: ['views'], queryFn: listViews });
