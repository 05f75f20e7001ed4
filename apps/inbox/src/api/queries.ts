import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { Agent, JsonObject, WorkspaceSettings } from '@proviso/contracts';
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

/** What the service filters by; text and age are looked for among the rows that are here. */
export interface WaitingFilter {
  type?: string | undefined;
  agent?: string | undefined;
  run?: string | undefined;
  assignee?: Assignee | undefined;
  newestFirst: boolean;
}

export const pageQuery = ({ type, agent, run, assignee, newestFirst }: WaitingFilter): ActionQuery => ({
  status: 'pending_approval',
  type,
  agent_id: agent,
  run_id: run,
  assignee: assignee === 'mine' ? 'me,none' : assignee,
  snoozed: 'false',
  sort_dir: newestFirst ? 'desc' : 'asc',
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

export const reviewersQuery = queryOptions({ queryKey: ['reviewers'], queryFn: listReviewers });

/** What this person has put off. */
export const snoozesQuery = queryOptions({ queryKey: ['snoozes'], queryFn: listSnoozes, staleTime: Infinity });

export const viewsQuery = queryOptions({ queryKey: ['views'], queryFn: listViews });
