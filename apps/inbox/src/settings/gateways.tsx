import type { Agent, Gateway, Identity } from '@proviso/contracts';
import { useState, type ReactNode } from 'react';
import { toast } from '../decide/toasts.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { GatewayForm } from './gateway-form.tsx';
import { GatewayTools } from './gateway-tools.tsx';
import { change, Line, Section, useItems } from './section.tsx';

/** MCP servers behind the gate, and what agents may do with their tools. */
export function Gateways() {
  const gateways = useItems<Gateway>('/v1/gateways', 'gateways');
  const agents = useItems<Agent>('/v1/agents', 'agents');
  const identities = useItems<Identity>('/v1/identities', 'identities').filter(({ provider }) => provider === 'mcp');
  const text = words.gateways;
  return (
    <Section title={text.title} help={text.help}>
      {gateways.length === 0 && <p>{text.none}</p>}
      <ul>
        {gateways.map((gateway) => (
          <Line key={gateway.gateway_id}>
            <GatewayLine gateway={gateway} agents={agents} />
            <Opened label={text.edit}>
              <GatewayForm gateway={gateway} identities={identities} agents={agents} />
            </Opened>
          </Line>
        ))}
      </ul>
      <Opened label={text.add}>
        <GatewayForm identities={identities} agents={agents} />
      </Opened>
    </Section>
  );
}

function GatewayLine({ gateway, agents }: { gateway: Gateway; agents: Agent[] }) {
  const { gateway_id, name, servers, agent_ids } = gateway;
  const text = words.gateways;
  const names = agents.filter(({ agent_id }) => agent_ids.includes(agent_id)).map((agent) => agent.name);
  const refresh = async (): Promise<void> => {
    const done = await change(`/v1/gateways/${gateway_id}/refresh`, { method: 'POST', body: {} });
    if (done) toast({ text: text.refreshed(name) });
  };
  return (
    <>
      <strong className="min-w-40">{readable(name)}</strong>
      <span className="text-muted">{servers.map(({ identity_name }) => readable(identity_name)).join(', ')}</span>
      <span className="text-muted">
        {names.length > 0 ? text.agents(names.map(readable).join(', ')) : text.noAgents}
      </span>
      <button type="button" className="button ml-auto" onClick={() => void refresh()}>
        {text.refresh}
      </button>
      <ConfirmButton
        label={text.remove}
        confirm={text.removeForGood}
        name={name}
        onConfirm={() => void change(`/v1/gateways/${gateway_id}`, { method: 'DELETE' })}
      />
      {servers.map(({ identity_id, identity_name, failure }) =>
        failure === null ? null : (
          <span key={identity_id} className="text-warn w-full">
            {readable(text.serverFails(identity_name, failure))}
          </span>
        ),
      )}
      <Opened label={text.tools}>
        <GatewayTools gatewayId={gateway_id} />
      </Opened>
      <Opened label={text.client}>
        <ClientConfiguration gatewayId={gateway_id} />
      </Opened>
    </>
  );
}

/** What is inside is read from the service once it is opened. */
function Opened({ label, children }: { label: string; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="w-full" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="text-muted text-sm">{label}</summary>
      {isOpen && children}
    </details>
  );
}

function ClientConfiguration({ gatewayId }: { gatewayId: string }) {
  const text = words.gateways;
  const url = new URL(`/mcp/${gatewayId}`, location.href).href;
  const configuration = JSON.stringify(
    { mcpServers: { proviso: { url, headers: { Authorization: 'Bearer KEY' } } } },
    null,
    2,
  );
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(configuration);
    toast({ text: text.copied });
  };
  return (
    <div className="mt-1 flex flex-col items-start gap-2">
      <p className="text-muted text-sm">{text.clientHelp}</p>
      <pre className="font-mono text-xs whitespace-pre-wrap select-all">{configuration}</pre>
      <button type="button" className="button" onClick={() => void copy()}>
        {text.copy}
      </button>
    </div>
  );
}
