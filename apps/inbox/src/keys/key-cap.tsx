/** A key, as it stands on a keyboard. */
export const KeyCap = ({ children, onGo = false }: { children: string; onGo?: boolean }) => (
  <kbd
    aria-hidden="true"
    className={`rounded border px-1 font-sans text-xs max-md:hidden ${onGo ? 'border-go-ink/40' : 'border-line bg-page text-muted'}`}
  >
    {children}
  </kbd>
);
