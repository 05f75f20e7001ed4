import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { connect, useLive } from '../api/live.ts';
import { listActions } from '../api/actions.ts';
import { SIGNED_OUT } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { useDecidedHere } from '../decide/decide.ts';
import { ToastList } from '../decide/toast-list.tsx';
import { KeyCap } from '../keys/key-cap.tsx';
import { KeysSheet } from '../keys/keys-sheet.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { words } from '../words.ts';
import { showCount } from './badge.ts';
import { TopBar } from './top-bar.tsx';
import { Palette } from './palette.tsx';

/** What is around every page: where one can go, whether it is live, and the keys. */
export function Shell() {
  useEffect(connect, []);
  useSignInAgain();
  const navigate = useNavigate();
  const [sheet, setSheet] = useState<'keys' | 'palette' | null>(null);
  useKeys({
    '?': () => setSheet('keys'),
    'Shift+?': () => setSheet('keys'),
    '$mod+k': () => setSheet('palette'),
    'g i': () => void navigate({ to: '/' }),
    'g q': () => void navigate({ to: '/', search: { type: 'escalate_to_human' } }),
    'g u': () => void navigate({ to: '/unknown' }),
    'g a': () => void navigate({ to: '/actions' }),
    'g s': () => void navigate({ to: '/settings' }),
  });
  return (
    <div className="flex h-dvh flex-col">
      <TopBar onPalette={() => setSheet('palette')} />
      <div className="flex min-h-0 flex-1">
        <SideBar />
        <main className="flex min-w-0 flex-1 flex-col">
          <Outlet />
        </main>
      </div>
      <Footer onKeys={() => setSheet('keys')} />
      <ToastList />
      {sheet === 'keys' && <KeysSheet onClose={() => setSheet(null)} />}
      {sheet === 'palette' && <Palette onClose={() => setSheet(null)} onKeys={() => setSheet('keys')} />}
    </div>
  );
}

/** A session may end while its page is open: by a revocation, a removal, or its time. */
function useSignInAgain(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const leave = (): void => {
      if (location.pathname === '/sign-in') return; // another request has been refused, too
      const next = location.pathname + location.search;
      queryClient.clear();
      void navigate({ to: '/sign-in', search: { next } });
    };
    window.addEventListener(SIGNED_OUT, leave);
    return () => window.removeEventListener(SIGNED_OUT, leave);
  }, [navigate]);
}

const COUNTED = {
  waiting: { status: 'pending_approval', snoozed: 'false' },
  questions: { status: 'pending_approval', snoozed: 'false', type: 'escalate_to_human' },
  unknown: { status: 'failed', status_reason: 'outcome_unknown' },
};

/** Counted by the service, up to 10 000; asked again after what happens. */
export function useCount(name: keyof typeof COUNTED): number | undefined {
  const { data } = useQuery({
    queryKey: ['actions', 'count', name],
    queryFn: async () => (await listActions({ ...COUNTED[name], limit: 1 })).pagination.total_items,
    refetchInterval: 60_000,
  });
  return data;
}

function SideBar() {
  const { nav } = words;
  const counts = { waiting: useCount('waiting'), questions: useCount('questions'), unknown: useCount('unknown') };
  useEffect(() => showCount(counts.waiting), [counts.waiting]);
  return (
    <nav
      aria-label={nav.main}
      className="bg-panel border-line w-50 shrink-0 overflow-y-auto border-r p-2 max-lg:hidden"
    >
      <SideLink to="/" label={nav.waiting} count={counts.waiting} />
      <SideLink to="/" search={{ type: 'escalate_to_human' }} label={nav.questions} count={counts.questions} />
      <SideLink to="/unknown" label={nav.unknown} count={counts.unknown} warns={Boolean(counts.unknown)} />
      <h2 className="text-muted mt-4 mb-1 px-2.5 text-xs font-semibold">{nav.everything}</h2>
      <SideLink to="/actions" label={nav.actions} />
      <SideLink to="/insight" label={nav.insight} />
      <SideLink to="/settings" label={nav.settings} />
    </nav>
  );
}

interface SideLinkProps {
  to: string;
  label: string;
  search?: object;
  count?: number | undefined;
  warns?: boolean;
}

/** Of two links to one address the one counts whose search is there. */
function SideLink({ to, label, search = {}, count, warns = false }: SideLinkProps) {
  const { pathname, search: now } = useLocation();
  const { type } = search as { type?: string };
  const isHere =
    pathname === to &&
    (to !== '/' ||
      type === ((now as { type?: string }).type === 'escalate_to_human' ? 'escalate_to_human' : undefined));
  return (
    <Link
      to={to}
      search={search}
      aria-current={isHere ? 'page' : undefined}
      className={`flex items-center justify-between rounded-md px-2.5 py-1.5 ${warns ? 'text-warn' : ''} ${isHere ? 'bg-accent-soft font-semibold' : 'hover:bg-chip'}`}
    >
      {label}
      {count ? <span className={warns ? '' : 'text-muted'}>{count.toLocaleString()}</span> : null}
    </Link>
  );
}

function Footer({ onKeys }: { onKeys: () => void }) {
  const { isLive } = useLive();
  const decided = useDecidedHere();
  const { live, offline, keys, today } = words.footer;
  return (
    <footer className="border-line text-muted flex items-center gap-4 border-t px-4 py-1 text-xs max-md:hidden">
      <span className={isLive ? '' : 'text-warn'}>
        <span aria-hidden="true" className={isLive ? 'text-go' : 'text-warn'}>
          ●
        </span>{' '}
        <span>{isLive ? live : offline}</span>
      </span>
      <button
        type="button"
        onClick={onKeys}
        aria-label={words.keysSheet.title}
        className="flex flex-wrap items-center gap-x-4"
      >
        {keys.map(([caps, what]) => (
          <span key={what} className="inline-flex items-center gap-1">
            {caps.map((cap) => (
              <KeyCap key={cap}>{cap}</KeyCap>
            ))}
            {what}
          </span>
        ))}
      </button>
      <span className="ml-auto">{today(decided)}</span>
    </footer>
  );
}
