import { useQuery } from '@tanstack/react-query';
import { settingsQuery } from '../api/queries.ts';
import { toast } from '../decide/toasts.ts';
import { words } from '../words.ts';
import { ByType } from './by-type.tsx';
import { change, Section } from './section.tsx';

const HOLD_SECONDS_MAX = 600;

/** How the people of the workspace decide. */
export function Deciding() {
  const { data: settings } = useQuery(settingsQuery);
  const text = words.settings;
  const save = async (given: FormData): Promise<void> => {
    const presets = given.get('presets');
    const body = {
      hold_seconds: Number(given.get('hold')),
      reject_presets:
        typeof presets === 'string'
          ? presets
              .split('\n')
              .map((line) => line.trim())
              .filter(Boolean)
          : [],
    };
    if (await change('/v1/settings', { method: 'PATCH', body })) toast({ text: text.saved });
  };
  if (!settings) return null;
  return (
    <Section title={text.deciding} help={text.decidingHelp}>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save(new FormData(event.currentTarget));
        }}
      >
        <label>
          <span className="text-muted block text-sm">{text.holdSeconds}</span>
          <input
            className="field"
            type="number"
            name="hold"
            min={0}
            max={HOLD_SECONDS_MAX}
            required
            defaultValue={settings.hold_seconds}
          />
        </label>
        <label className="min-w-60 flex-1">
          <span className="text-muted block text-sm">{text.presets}</span>
          <textarea className="field" name="presets" rows={3} defaultValue={settings.reject_presets.join('\n')} />
        </label>
        <button type="submit" className="button">
          {text.save}
        </button>
      </form>
      <ByType settings={settings} />
    </Section>
  );
}
