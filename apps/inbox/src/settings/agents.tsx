import type { Agent } from '@proviso/contracts';
import { words } from '../words.ts';
import { change, Line, Section, useItems } from './section.tsx';

const APPROVALS = ['always', 'never'] as const;

export function Agents({ mayChange }: { mayChange: boolean }) {
  const agents = useItems<Agent>('/v1/agents', 'agents');
  const text = words.settings;
  const update = (id: string, body: object): void =>
    void change(`/v1/agents/${id}`, { method: 'PATCH', body }, ['agents']);
  return (
    <Section title={text.agents} help={text.agentsHelp}>
      {agents.length === 0 && <p>{text.noAgents}</p>}
      <ul>
        {agents.map(({ agent_id, name, approval, auto_approve_types, enabled }) => (
          <Line key={agent_id}>
            <strong className="min-w-40">{name}</strong>
            <select
              className="field w-auto"
              aria-label={text.approval(name)}
              disabled={!mayChange}
              value={approval}
              onChange={({ target }) => update(agent_id, { approval: target.value })}
            >
              {APPROVALS.map((rule) => (
                <option key={rule} value={rule}>
                  {text.approvals[rule]}
                </option>
              ))}
            </select>
            {approval === 'always' && auto_approve_types.length > 0 && (
              <span className="text-muted">{text.exceptTypes(auto_approve_types.map(words.typeOf).join(', '))}</span>
            )}
            <span className={enabled ? 'text-muted ml-auto' : 'text-warn ml-auto'}>
              {enabled ? text.enabled : text.disabled}
            </span>
            <button
              type="button"
              className="button"
              disabled={!mayChange}
              onClick={() => update(agent_id, { enabled: !enabled })}
            >
              {enabled ? text.turnOff : text.turnOn}
            </button>
          </Line>
        ))}
      </ul>
    </Section>
  );
}
