import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/session.ts';

const NOBODY: Session = { name: '', userId: '', role: 'viewer', scopes: [], decides: false };

export const useSession = (): Session => useQuery(sessionQuery).data ?? NOBODY;
