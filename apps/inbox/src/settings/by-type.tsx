import type { Tool, WorkspaceSettings } from '@proviso/contracts';
import { words } from '../words.ts';
import { change, useItems } from './section.tsx';

const HOLD_SECONDS_MAX = 600;
const RISKS = ['high', 'normal'] as const;

/** How single types differ: how long an approval is held, and whether a card must be read to the end. */
export function ByType({ settings }: { settings: WorkspaceSettings }) {
  const tools = useItems<Tool>('/v1/tools', 'tools');
  const { hold_seconds_by_type: holds, risk_by_type: risks, hold_seconds } = settings;
  const known = [...words.types, ...tools.map(({ name }) => name)];
  const types = [...new Set([...known, ...Object.keys(holds), ...Object.keys(risks)])];
  const text = words.settings;
  const update = (body: Partial<WorkspaceSettings>): void => void change('/v1/settings', { method: 'PATCH', body });
  return (
    <details className="mt-4">
      <summary>{text.byType}</summary>
      <p className="text-muted my-2 text-sm">{text.byTypeHelp}</p>
      <table className="text-left">
        <thead className="text-muted text-sm">
          <tr>
            <th scope="col" className="pr-6 font-normal">
              {text.type}
            </th>
            <th scope="col" className="pr-6 font-normal">
              {text.hold}
            </th>
            <th scope="col" className="font-normal">
              {text.risk}
            </th>
          </tr>
        </thead>
        <tbody>
          {types.map((type) => (
            <tr key={type} className="border-line border-b">
              <th scope="row" className="py-1 pr-6 font-normal">
                {words.typeOf(type)}
              </th>
              <td className="pr-6">
                <input
                  className="field w-24"
                  type="number"
                  min={0}
                  max={HOLD_SECONDS_MAX}
                  aria-label={text.holdOf(words.typeOf(type))}
                  placeholder={String(hold_seconds)}
                  defaultValue={holds[type] ?? ''}
                  onBlur={({ target: { value, validity } }) => {
                    const seconds = value === '' ? undefined : Number(value);
                    if (validity.valid && seconds !== holds[type])
                      update({ hold_seconds_by_type: withType(holds, type, seconds) });
                  }}
                />
              </td>
              <td>
                <select
                  className="field w-auto"
                  aria-label={text.riskOf(words.typeOf(type))}
                  value={risks[type] ?? ''}
                  onChange={({ target: { value } }) =>
                    update({
                      risk_by_type: withType(
                        risks,
                        type,
                        RISKS.find((risk) => risk === value),
                      ),
                    })
                  }
                >
                  <option value="">{text.risks.found}</option>
                  {RISKS.map((risk) => (
                    <option key={risk} value={risk}>
                      {text.risks[risk]}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Undefined takes the type out. */
function withType<Value>(by: Record<string, Value>, type: string, value: Value | undefined): Record<string, Value> {
  const { [type]: _, ...others } = by;
  return value === undefined ? others : { ...others, [type]: value };
}
