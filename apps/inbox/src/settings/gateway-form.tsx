import type { Agent, Gateway, Identity } from '@proviso/contracts';
import { toast } from '../decide/toasts.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { change } from './section.tsx';

interface GatewayFormProps {
  /** Absent: a new one is added. */
  gateway?: Gateway;
  /** Those of MCP servers. */
  identities: Identity[];
  agents: Agent[];
}

export function GatewayForm({ gateway, identities, agents }: GatewayFormProps) {
  const text = words.gateways;
  // What the lists are too short for stays as it is.
  const isListed = (id: string): boolean => identities.some(({ identity_id }) => identity_id === id);
  const unlisted = (gateway?.servers ?? []).filter(({ identity_id }) => !isListed(identity_id));
  const accounts = [...identities, ...unlisted.map(({ identity_id, identity_name: name }) => ({ identity_id, name }))];
  const unlistedAgents = (gateway?.agent_ids ?? []).filter((id) => !agents.some(({ agent_id }) => agent_id === id));
  const save = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const chosen = given.getAll('server');
    const servers = accounts
      .filter(({ identity_id }) => chosen.includes(identity_id))
      .map(({ identity_id }) => {
        const prefix = given.get(`prefix ${identity_id}`);
        return { identity_id, ...(prefix && { prefix }) };
      });
    const body = { name: given.get('name'), servers, agent_ids: [...given.getAll('agent'), ...unlistedAgents] };
    const saved = gateway
      ? await change(`/v1/gateways/${gateway.gateway_id}`, { method: 'PATCH', body })
      : await change('/v1/gateways', { method: 'POST', body });
    if (!saved) return;
    toast({ text: words.settings.saved });
    if (!gateway) form.reset();
  };
  return (
    <form
      className="mt-2 flex max-w-190 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <label>
        <span className="text-muted block text-sm">{text.name}</span>
        <input className="field" name="name" required maxLength={200} defaultValue={gateway?.name} />
      </label>
      <fieldset>
        <legend className="text-muted text-sm">{text.servers}</legend>
        {accounts.length === 0 && <p>{text.noServers}</p>}
        {accounts.map(({ identity_id, name }) => {
          const server = gateway?.servers.find((one) => one.identity_id === identity_id);
          return (
            <div key={identity_id} className="flex flex-wrap items-center gap-3">
              <label className="flex items-center gap-2">
                <input type="checkbox" name="server" value={identity_id} defaultChecked={server !== undefined} />
                {readable(name)}
              </label>
              <input
                className="field w-auto"
                name={`prefix ${identity_id}`}
                aria-label={text.prefix(name)}
                placeholder={text.prefix(name)}
                defaultValue={server?.prefix ?? ''}
              />
            </div>
          );
        })}
      </fieldset>
      <fieldset>
        <legend className="text-muted text-sm">{text.agentsOf}</legend>
        {agents.map(({ agent_id, name }) => (
          <label key={agent_id} className="flex items-center gap-2">
            <input
              type="checkbox"
              name="agent"
              value={agent_id}
              defaultChecked={gateway?.agent_ids.includes(agent_id)}
            />
            {readable(name)}
          </label>
        ))}
      </fieldset>
      <button type="submit" className="button self-start">
        {text.save}
      </button>
    </form>
  );
}
