import { scopesOf } from '@proviso/contracts';
import { authorizePerson, type Caller, type Context } from '../context.ts';
import { AppError } from '../../platform/errors.ts';

/**
 * Sign-in settings concern the whole person, so they require a session or a personal credential with all scopes. Throws
 * FORBIDDEN.
 */
export function authorizeAccount(ctx: Context): NonNullable<Caller['person']> {
  const person = authorizePerson(ctx);
  const { kind, scopes } = ctx.caller;
  if (kind === 'session' || scopesOf('owner').every((scope) => scopes.includes(scope))) return person;
  throw new AppError('FORBIDDEN', 'Sign in, or use a personal credential with every scope.');
}
