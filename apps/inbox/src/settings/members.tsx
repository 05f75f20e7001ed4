import { useState } from 'react';
import type { Invitation, Member, Role } from '@proviso/contracts';
import { words } from '../words.ts';
import { change, Line, Section, useItems } from './section.tsx';

const ROLES: Role[] = ['owner', 'admin', 'reviewer', 'viewer'];

export function Members({ mayChange }: { mayChange: boolean }) {
  const members = useItems<Member>('/v1/members', 'members');
  const text = words.settings;
  return (
    <Section title={text.members} help={text.membersHelp}>
      <ul>
        {members.map(({ user_id, name, email, role }) => (
          <Line key={user_id}>
            <strong className="min-w-40">{name}</strong>
            <span className="text-muted">{email}</span>
            <select
              className="field ml-auto w-auto"
              aria-label={text.role(name)}
              disabled={!mayChange}
              value={role}
              onChange={({ target }) =>
                void change(`/v1/members/${user_id}`, { method: 'PATCH', body: { role: target.value } }, ['session'])
              }
            >
              {ROLES.map((each) => (
                <option key={each} value={each}>
                  {text.roles[each]}
                </option>
              ))}
            </select>
          </Line>
        ))}
      </ul>
      {mayChange && <Invite />}
    </Section>
  );
}

interface Invited {
  secret: string | null;
  invitation: Invitation;
}

/** The link has its secret after the #: no server on its way sees it. */
function Invite() {
  const [invited, setInvited] = useState<Invited | undefined>();
  const text = words.settings;
  const invite = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const body = { email: given.get('email'), role: given.get('role') };
    const reply = await change<Invited>('/v1/invitations', { method: 'POST', body });
    setInvited(reply);
    if (reply) form.reset();
  };
  return (
    <>
      <form
        className="mt-3 flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void invite(event.currentTarget);
        }}
      >
        <label>
          <span className="text-muted block text-sm">{text.inviteEmail}</span>
          <input className="field" type="email" name="email" required />
        </label>
        <label>
          <span className="text-muted block text-sm">{text.inviteRole}</span>
          <select className="field" name="role" defaultValue="reviewer">
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {text.roles[each]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button">
          {text.invite}
        </button>
      </form>
      {invited?.secret && (
        <p role="status" className="bg-accent-soft mt-3 rounded-md p-3">
          {text.inviteLink(invited.invitation.email)}{' '}
          <code className="font-mono select-all">{`${location.origin}/welcome#invitation=${invited.secret}`}</code>
        </p>
      )}
    </>
  );
}
