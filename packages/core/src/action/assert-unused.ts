import { TERMINAL } from '@proviso/contracts';
import type { Tables } from '../platform/db.ts';
import { AppError } from '../platform/errors.ts';

/**
 * Throws CONFLICT with the number of open actions that name the record. A guard refuses those that are proposed later.
 */
export async function assertUnused(
  { actions }: Pick<Tables, 'actions'>,
  what: 'contact' | 'company' | 'identity',
  where: { workspace_id: string; contact_id?: string; company_id?: string; identity_id?: string },
): Promise<void> {
  const count = await actions.count({ where: { ...where, status: { notIn: [...TERMINAL] } } });
  if (count === 0) return;
  const message =
    count === 1
      ? 'is used by 1 open action: cancel it or wait for it to end'
      : `is used by ${count} open actions: cancel them or wait for them to end`;
  throw new AppError('CONFLICT', `The ${what} ${message}.`, [{ path: `${what}_id`, message }]);
}
