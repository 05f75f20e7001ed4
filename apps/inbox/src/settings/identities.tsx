import type { Identity } from '@proviso/contracts';
import { toast } from '../decide/toasts.ts';
import { words } from '../words.ts';
import { Pacing } from './pacing.tsx';
import { change, Line, Section, useItems } from './section.tsx';

interface Verified {
  verification: { ok: boolean; message?: string | null };
}

export function Identities({ mayChange }: { mayChange: boolean }) {
  const identities = useItems<Identity>('/v1/identities', 'identities');
  const text = words.settings;
  const verify = async ({ identity_id, name }: Identity): Promise<void> => {
    const reply = await change<Verified>(`/v1/identities/${identity_id}/verify`, { method: 'POST', body: {} });
    if (!reply) return;
    const { ok, message } = reply.verification;
    toast(ok ? { text: text.verified(name) } : { text: text.notVerified(name, message ?? ''), tone: 'failure' });
  };
  return (
    <Section title={text.identities} help={text.identitiesHelp}>
      <ul>
        {identities.map((identity) => (
          <Line key={identity.identity_id}>
            <strong className="min-w-40">{identity.name}</strong>
            <span className="text-muted">{identity.provider}</span>
            <span className="text-muted">{identity.status}</span>
            <button
              type="button"
              className="button ml-auto"
              disabled={!mayChange}
              onClick={() => void verify(identity)}
            >
              {text.verify}
            </button>
            <Pacing identity={identity} mayChange={mayChange} />
          </Line>
        ))}
      </ul>
    </Section>
  );
}
