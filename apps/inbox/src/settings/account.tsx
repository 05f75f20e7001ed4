import type { Me, Session } from '@proviso/contracts';
import { distance } from '../format.ts';
import { toast } from '../decide/toasts.ts';
import { useNow } from '../use-now.ts';
import { words } from '../words.ts';
import { change, Line, Section, useItems } from './section.tsx';

/** Where one is signed in, and the password for the next time. */
export function Account({ me }: { me: Me }) {
  const text = words.settings;
  const hasPassword = me.sign_in_email !== null;
  const set = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const current = given.get('current');
    const body = { password: given.get('password'), ...(current && { current_password: current }) };
    if (!(await change('/v1/me/password', { method: 'PATCH', body }, ['session']))) return;
    form.reset();
    toast({ text: text.passwordSet });
  };
  return (
    <>
      <Section title={text.password} help={text.passwordHelp}>
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void set(event.currentTarget);
          }}
        >
          {hasPassword && (
            <label>
              <span className="text-muted block text-sm">{text.currentPassword}</span>
              <input className="field" type="password" name="current" autoComplete="current-password" required />
            </label>
          )}
          <label>
            <span className="text-muted block text-sm">{text.newPassword}</span>
            <input
              className="field"
              type="password"
              name="password"
              autoComplete="new-password"
              minLength={12}
              required
            />
          </label>
          <button type="submit" className="button">
            {text.setPassword}
          </button>
        </form>
      </Section>
      {me.session_id !== null && <Sessions />}
    </>
  );
}

function Sessions() {
  const sessions = useItems<Session>('/v1/sessions', 'sessions');
  const now = useNow();
  const text = words.settings;
  return (
    <Section title={text.sessions} help="">
      <ul>
        {sessions.map(({ session_id, user_agent, ip_address, current, created_at }) => (
          <Line key={session_id}>
            <span className="min-w-0 flex-1">{user_agent ?? text.unknownBrowser}</span>
            <span className="text-muted">{ip_address}</span>
            <span className="text-muted">{text.since(distance(created_at, now))}</span>
            {current ? (
              <strong>{text.thisSession}</strong>
            ) : (
              <button
                type="button"
                className="button"
                onClick={() => void change(`/v1/sessions/${session_id}`, { method: 'DELETE' })}
              >
                {text.endSession}
              </button>
            )}
          </Line>
        ))}
      </ul>
    </Section>
  );
}
