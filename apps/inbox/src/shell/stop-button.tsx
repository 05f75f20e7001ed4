import { useQuery } from '@tanstack/react-query';
import { Octagon } from 'lucide-react';
import { useState } from 'react';
import type { PauseBody } from '@proviso/contracts';
import { inWords, request } from '../api/client.ts';
import { agentsQuery, queryClient } from '../api/queries.ts';
import { toast } from '../decide/toasts.ts';
import { words } from '../words.ts';
import { readable } from '../readable.ts';
import { useSession } from './use-session.ts';
import { Modal } from './modal.tsx';

interface Pause {
  scope: 'everything' | 'workspace' | 'agent' | 'type';
  agent_id: string | null;
  type: string | null;
  by: { name: string };
}

/** Stops work, and says in words how far. */
export function StopButton() {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const canStop = session?.scopes.includes('workspace:admin') ?? false;
  const { data: pauses = [] } = useQuery({
    queryKey: ['pauses'],
    queryFn: async () => (await request<{ paused: Pause[] }>('/v1/pause')).paused,
    enabled: canStop,
  });
  if (!canStop) return null;
  const isStopped = pauses.length > 0;
  return (
    <>
      <button
        type="button"
        className={`button ${isStopped ? 'bg-warn-soft text-warn font-semibold' : ''}`}
        onClick={() => setOpen(true)}
      >
        <Octagon size={14} aria-hidden="true" />
        {isStopped ? words.stop.stopped : words.stop.button}
      </button>
      {isOpen && <StopDialog pauses={pauses} onClose={() => setOpen(false)} />}
    </>
  );
}

async function change(path: '/v1/pause' | '/v1/resume', body: PauseBody): Promise<void> {
  try {
    await request(path, { method: 'POST', body });
  } catch (error) {
    toast({ text: inWords(error), tone: 'failure' });
  }
  await queryClient.invalidateQueries({ queryKey: ['pauses'] });
}

const bodyOf = ({ scope, agent_id, type }: Pause): PauseBody => {
  if (agent_id) return { agent_id };
  if (type) return { type };
  return scope === 'everything' ? { everything: true } : {};
};

function StopDialog({ pauses, onClose }: { pauses: Pause[]; onClose: () => void }) {
  const { data: agents = [] } = useQuery(agentsQuery);
  const nameOf = (id: string): string => agents.find(({ agent_id }) => agent_id === id)?.name ?? id;
  const scopeOf = ({ agent_id, type, scope }: Pause): string =>
    agent_id
      ? words.stop.agent(readable(nameOf(agent_id)))
      : type
        ? words.stop.type(words.typeOf(type))
        : words.stop[scope === 'everything' ? 'everything' : 'workspace'];
  return (
    <Modal title={words.stop.title} onClose={onClose}>
      {pauses.map((pause) => (
        <div key={JSON.stringify(bodyOf(pause))} className="bg-warn-soft mb-2 flex items-center gap-3 rounded-lg p-3">
          <span className="flex-1">{words.stop.standing(scopeOf(pause), pause.by.name)}</span>
          <button type="button" className="button" onClick={() => void change('/v1/resume', bodyOf(pause))}>
            {words.stop.resume}
          </button>
        </div>
      ))}
      <p className="text-muted mb-3">{words.stop.help}</p>
      <div className="flex flex-col items-start gap-2">
        <button type="button" className="button text-risk" onClick={() => void change('/v1/pause', {})}>
          {words.stop.stop(words.stop.workspace)}
        </button>
        {agents.map(({ agent_id, name }) => (
          <button
            key={agent_id}
            type="button"
            className="button"
            onClick={() => void change('/v1/pause', { agent_id })}
          >
            {words.stop.stop(words.stop.agent(readable(name)))}
          </button>
        ))}
      </div>
    </Modal>
  );
}
