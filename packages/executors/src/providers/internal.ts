import { defineProvider } from '@proviso/core/executor';
import { z } from 'zod';

/** Our own records, which need no login. */
export const internal = defineProvider({
  provider: 'internal',
  config: z.strictObject({}),
  credentials: null,
  verify: async () => ({ ok: true, account: 'this workspace' }),
});
