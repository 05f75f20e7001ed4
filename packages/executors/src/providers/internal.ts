import { defineProvider } from '@proviso/core/executor';
import { z } from 'zod';

/** Our own records: nothing to log in to. */
export const internal = defineProvider({
  provider: 'internal',
  config: z.strictObject({}),
  credentials: null,
  verify: async () => ({ ok: true, account: 'this workspace' }),
});
