import { useState } from 'react';
import type { ApiKey, Agent } from '@proviso/contracts';
import { words } from '../words.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { change, Line, Section, useItems } from './section.tsx';

export function Keys({ mayChange }: { mayChange: boolean }) {
  const keys = useItems<ApiKey>('/v1/api-keys', 'api_keys');
  const text = words.settings;
  return (
    <Section title={text.keys} help={text.keysHelp}>
      <ul>
        {keys.map(({ key_id, name, lookup, kind, revoked_at }) => (
          <Line key={key_id}>
            <strong className="min-w-40">{name}</strong>
            <code className="text-muted font-mono text-xs">pv_{lookup.replace(/^pv_/, '')}_…</code>
            <span className="text-muted">{kind}</span>
            {revoked_at ? (
              <span className="text-muted ml-auto">{text.revoked}</span>
            ) : (
              <ConfirmButton
                label={text.revoke}
                confirm={text.revokeForGood}
                name={name}
                onConfirm={() => void change(`/v1/api-keys/${key_id}`, { method: 'DELETE' })}
              />
            )}
          </Line>
        ))}
      </ul>
      {mayChange && <NewKey />}
    </Section>
  );
}

function NewKey() {
  const agents = useItems<Agent>('/v1/agents', 'agents');
  const [token, setToken] = useState<string | null>(null);
  const text = words.settings;
  const create = async (form: FormData): Promise<void> => {
    const [name, agent] = [form.get('name'), form.get('agent')];
    const body = { name, ...(agent ? { agent_id: agent, kind: 'agent' } : { kind: 'workspace' }) };
    setToken((await change<{ token: string | null }>('/v1/api-keys', { method: 'POST', body }))?.token ?? null);
  };
  return (
    <>
      <form
        className="mt-3 flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void create(new FormData(event.currentTarget));
        }}
      >
        <label>
          <span className="text-muted block text-sm">{text.keyName}</span>
          <input className="field" name="name" required maxLength={255} />
        </label>
        <label>
          <span className="text-muted block text-sm">{text.keyAgent}</span>
          <select className="field" name="agent">
            <option value="">{text.noAgent}</option>
            {agents.map(({ agent_id, name }) => (
              <option key={agent_id} value={agent_id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          {text.newKey}
        </button>
      </form>
      {token && (
        <p role="status" className="bg-accent-soft mt-3 rounded-md p-3">
          {text.keyCreated} <code className="font-mono select-all">{token}</code>
        </p>
      )}
    </>
  );
}
