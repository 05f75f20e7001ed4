import type { Member, Role } from '@proviso/contracts';
import type { members, users } from '../../generated/client.ts';
import { formatId } from '../../platform/ids.ts';

export const WITH_USER = { user: true } as const;

export const presentMember = (row: members & { user: users }): Member => ({
  user_id: formatId('user', row.user_id),
  email: row.user.email,
  name: row.user.name,
  role: row.role as Role,
  created_at: row.created_at.toISOString(),
});
