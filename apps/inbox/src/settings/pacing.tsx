import type { Identity, IdentityPacing } from '@proviso/contracts';
import { toast } from '../decide/toasts.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { change } from './section.tsx';

const LIMITS = ['per_second', 'per_hour', 'per_day', 'per_week'] as const;

/** An empty field leaves the provider's own limit as it is; `none` lifts it. */
function pacingIn(given: FormData): IdentityPacing | null {
  const limits = LIMITS.flatMap((name): [string, number | null][] => {
    const field = given.get(name);
    const text = typeof field === 'string' ? field.trim() : '';
    return text === '' ? [] : [[name, text === words.settings.noLimit ? null : Number(text)]];
  });
  return limits.length === 0 ? null : Object.fromEntries(limits);
}

/** How fast actions may start through one account. */
export function Pacing({ identity, mayChange }: { identity: Identity; mayChange: boolean }) {
  const { identity_id, name, pacing } = identity;
  const text = words.settings;
  const shown = (limit: number | null | undefined): string =>
    limit === undefined ? '' : limit === null ? text.noLimit : String(limit);
  const save = async (given: FormData): Promise<void> => {
    const body = { pacing: pacingIn(given) };
    if (await change(`/v1/identities/${identity_id}`, { method: 'PATCH', body }, ['identities']))
      toast({ text: text.saved });
  };
  return (
    <details className="w-full">
      <summary className="text-muted text-sm">{text.pacing(readable(name))}</summary>
      <form
        key={JSON.stringify(pacing)}
        className="mt-1 flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save(new FormData(event.currentTarget));
        }}
      >
        {LIMITS.map((limit) => (
          <label key={limit}>
            <span className="text-muted block text-sm">{text.limits[limit]}</span>
            <input
              className="field w-28"
              name={limit}
              inputMode="decimal"
              pattern={`${text.noLimit}|[0-9.]+`}
              defaultValue={shown(pacing?.[limit])}
              disabled={!mayChange}
            />
          </label>
        ))}
        <button type="submit" className="button" disabled={!mayChange}>
          {text.save}
        </button>
      </form>
      <p className="text-muted text-sm">{text.pacingHelp}</p>
    </details>
  );
}
