import type { View } from '@proviso/contracts';
import type { Caller } from '../context.ts';
import type { views } from '../../generated/client.ts';
import { formatId } from '../../platform/ids.ts';

export const presentView = ({ person }: Caller, row: views): View => ({
  view_id: formatId('view', row.id),
  name: row.name,
  filters: row.filters as View['filters'], // written by createView alone
  shared: row.shared,
  own: row.user_id === person?.id,
  created_at: row.created_at.toISOString(),
});
