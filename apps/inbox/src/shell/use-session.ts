import { useQuery } from '@tanstack/react-query';
import type { Me } from '@proviso/contracts';
import { sessionQuery } from '../api/queries.ts';

/** Who is signed in; undefined until the service has said so. */
export const useSession = (): Me | undefined => useQuery(sessionQuery).data;

export const useDecides = (): boolean => useSession()?.decides ?? false;
