import { Menu } from '@base-ui/react/menu';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { queryClient } from '../api/queries.ts';
import { signOut } from '../api/session.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { words } from '../words.ts';
import { useSession } from './use-session.ts';
import { StopButton } from './stop-button.tsx';
import { applyTheme, storedTheme, THEMES } from './theme.ts';

export function TopBar({ onPalette }: { onPalette: () => void }) {
  const session = useSession();
  const { nav, product } = words;
  return (
    <header className="border-line flex h-12 shrink-0 items-center gap-3 border-b px-4">
      <PlacesMenu />
      <Link to="/" className="flex items-center gap-2 font-bold">
        <img src="/favicon.svg" width={16} height={16} alt="" className="shrink-0" />
        <span className="max-sm:sr-only">{product}</span>
      </Link>
      <SearchBox />
      <button type="button" onClick={onPalette} aria-label={nav.commands} className="max-md:hidden">
        <KeyCap>Ctrl K</KeyCap>
      </button>
      <div className="ml-auto flex items-center gap-2">
        <span className="text-muted max-lg:hidden">{session?.workspace.name}</span>
        <StopButton />
        <AccountMenu />
      </div>
    </header>
  );
}

/** The service is asked once somebody stops typing. */
const TYPING_MS = 200;

function SearchBox() {
  const { q } = useSearch({ strict: false }) as { q?: string };
  const navigate = useNavigate();
  const [element, setElement] = useState<HTMLInputElement | null>(null);
  const [text, setText] = useState(q ?? '');
  const sent = useRef(text);
  useEffect(() => {
    if (sent.current === (q ?? '')) return; // what was typed here
    sent.current = q ?? '';
    setText(sent.current);
  }, [q]);
  useEffect(() => {
    if (text === sent.current) return;
    const typed = setTimeout(() => {
      sent.current = text;
      void navigate({ to: '.', search: (before) => ({ ...before, q: text || undefined }), replace: true });
    }, TYPING_MS);
    return () => clearTimeout(typed);
  }, [text, navigate]);
  useKeys({ '/': () => element?.focus() });
  return (
    <input
      ref={setElement}
      type="search"
      aria-label={words.nav.search}
      placeholder={words.nav.search}
      className="bg-chip min-h-8 w-100 min-w-0 rounded-md px-2.5"
      value={text}
      onChange={({ target }) => setText(target.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape' || key === 'Enter') currentTarget.blur();
      }}
    />
  );
}

const item = 'data-highlighted:bg-accent-soft block w-full cursor-pointer rounded px-3 py-1.5 text-left';

/** Where one can go, on screens without the side bar. */
function PlacesMenu() {
  const { nav } = words;
  const navigate = useNavigate();
  const places = [
    [nav.waiting, '/'],
    [nav.unknown, '/unknown'],
    [nav.actions, '/actions'],
    [nav.insight, '/insight'],
    [nav.settings, '/settings'],
  ] as const;
  return (
    <Menu.Root>
      <Menu.Trigger aria-label={nav.main} className="-ml-2 p-2 lg:hidden">
        <MenuIcon size={18} aria-hidden="true" />
      </Menu.Trigger>
      <Popup align="start">
        {places.map(([label, to]) => (
          <Menu.Item key={to} className={item} onClick={() => void navigate({ to })}>
            {label}
          </Menu.Item>
        ))}
      </Popup>
    </Menu.Root>
  );
}

function AccountMenu() {
  const session = useSession();
  const navigate = useNavigate();
  const [theme, setTheme] = useState(storedTheme);
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const leave = async (): Promise<void> => {
    await signOut().catch(() => undefined);
    queryClient.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <Menu.Root>
      <Menu.Trigger aria-label={words.nav.account} className="bg-chip size-8 rounded-md font-semibold">
        {session?.name.slice(0, 1).toUpperCase()}
      </Menu.Trigger>
      <Popup align="end">
        <div className="text-muted px-3 py-1.5">
          {session?.name} · {session?.role}
        </div>
        <Menu.Item
          className={item}
          closeOnClick={false}
          onClick={() => {
            applyTheme(nextTheme);
            setTheme(nextTheme);
          }}
        >
          {words.nav.theme[theme]}
        </Menu.Item>
        <Menu.Item className={item} onClick={() => void leave()}>
          {words.nav.signOut}
        </Menu.Item>
      </Popup>
    </Menu.Root>
  );
}

/** Within the bar, so that a reader by landmarks finds it there. */
function Popup({ align, children }: { align: 'start' | 'end'; children: React.ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  return (
    <>
      <div ref={place} />
      <Menu.Portal container={place}>
        <Menu.Positioner align={align} sideOffset={4} className="z-50">
          <Menu.Popup className="bg-page border-line min-w-48 rounded-lg border p-1 shadow-lg">{children}</Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </>
  );
}
