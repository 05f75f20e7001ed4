import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, redirect } from '@tanstack/react-router';
import { inWords, RequestFailure } from './api/client.ts';
import { AGES, ASSIGNEES, queryClient, sessionQuery, settingsQuery, type Age, type Assignee } from './api/queries.ts';
import { InboxPage } from './pages/inbox-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { WelcomePage } from './pages/welcome-page.tsx';
import { Shell } from './shell/shell.tsx';
import { GROUPINGS, type Grouping } from './waiting/sections.ts';
import { words } from './words.ts';

// A search that does not name a key keeps what the address says for it: each key that is read is named, checked or undefined.
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

interface InboxSearch {
  type?: string | undefined;
  agent?: string | undefined;
  run?: string | undefined;
  q?: string | undefined;
  assignee?: Assignee | undefined;
  age?: Age | undefined;
  group?: Grouping | undefined;
  sort?: 'oldest' | 'newest' | undefined;
  open?: string | undefined;
}

const rootRoute = createRootRoute({ notFoundComponent: NotFound });

/** Every page but the sign-in: whoever is not signed in comes back to the same address afterwards. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  errorComponent: LoadFailed,
  beforeLoad: async ({ location }) => {
    const settings = queryClient.ensureQueryData(settingsQuery).catch(() => undefined); // their pages say why
    try {
      await queryClient.ensureQueryData(sessionQuery);
      await settings;
    } catch (error) {
      if (error instanceof RequestFailure && error.status === 401)
        throw redirect({ to: '/sign-in', search: { next: location.href } });
      throw error;
    }
  },
});

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: InboxPage,
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({
    type: text(search.type),
    agent: text(search.agent),
    run: text(search.run),
    q: text(search.q),
    assignee: ASSIGNEES.find((name) => name === search.assignee),
    age: (Object.keys(AGES) as Age[]).find((name) => name === search.age),
    group: GROUPINGS.find((name) => name === search.group),
    sort: search.sort === 'newest' || search.sort === 'oldest' ? search.sort : undefined,
    open: text(search.open),
  }),
});

/** Only an address of ours: a link must not lead anywhere else after the sign-in. */
const ownAddress = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined;

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined; refused?: string | undefined } => ({
    next: ownAddress(search.next),
    refused: text(search.refused),
  }),
});

const welcomeRoute = createRoute({ getParentRoute: () => rootRoute, path: '/welcome', component: WelcomePage });

interface ActionsSearch {
  status?: string | undefined;
  type?: string | undefined;
  agent?: string | undefined;
  run?: string | undefined;
  q?: string | undefined;
}

const actionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/actions',
  component: lazyRouteComponent(() => import('./pages/actions-page.tsx'), 'ActionsPage'),
  validateSearch: (search: Record<string, unknown>): ActionsSearch => ({
    status: text(search.status),
    type: text(search.type),
    agent: text(search.agent),
    run: text(search.run),
    q: text(search.q),
  }),
});

const actionRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/actions/$id',
  component: lazyRouteComponent(() => import('./pages/action-page.tsx'), 'ActionPage'),
});

const unknownRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/unknown',
  component: lazyRouteComponent(() => import('./pages/actions-page.tsx'), 'UnknownPage'),
});

interface GroupSearch {
  type?: string | undefined;
  agent?: string | undefined;
  run?: string | undefined;
}

const reviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/review',
  component: lazyRouteComponent(() => import('./pages/review-page.tsx'), 'ReviewPage'),
  validateSearch: (search: Record<string, unknown>): GroupSearch => ({
    type: text(search.type),
    agent: text(search.agent),
    run: text(search.run),
  }),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings-page.tsx'), 'SettingsPage'),
});

const insightRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/insight',
  component: lazyRouteComponent(() => import('./pages/insight-page.tsx'), 'InsightPage'),
});

const routeTree = rootRoute.addChildren([
  shellRoute.addChildren([
    inboxRoute,
    actionsRoute,
    actionRoute,
    unknownRoute,
    reviewRoute,
    settingsRoute,
    insightRoute,
  ]),
  signInRoute,
  welcomeRoute,
]);

export const router = createRouter({ routeTree, scrollRestoration: true, defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return (
    <main className="p-8">
      <h1 className="mb-2">{words.page.notFound}</h1>
      <Link to="/" search={{}} className="text-accent underline">
        {words.page.toInbox}
      </Link>
    </main>
  );
}

function LoadFailed({ error }: { error: unknown }) {
  return (
    <main role="alert" className="p-8">
      <h1>{words.page.loadFailed}</h1>
      <p className="text-muted mb-3">{inWords(error)}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {words.page.tryAgain}
      </button>
    </main>
  );
}
