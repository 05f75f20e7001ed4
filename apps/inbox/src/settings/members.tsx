import type { Member, Role } from '@proviso/contracts';
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
    </Section>
  );
}
