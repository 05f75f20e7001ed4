// Loads the operator's own modules. Their types run like built-in ones, so their shape is checked at start. Held by
// tests/stories/executors.test.ts.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROVIDERS } from '@proviso/contracts';
import type { Executor, ProviderKind } from '@proviso/core/executor';
import { z } from 'zod';

interface Registered {
  executors: Executor[];
  providers: ProviderKind[];
}

/**
 * The built-in executors and those of `PROVISO_EXECUTORS`: paths relative to the working directory, or names of
 * packages. Throws one sentence that names the module and the fault.
 */
export async function loadExecutors<Shipped extends Registered>(shipped: Shipped, modules: string[]): Promise<Shipped> {
  const added = await Promise.all(modules.map(loadModule));
  return {
    ...shipped,
    executors: [...shipped.executors, ...added.flatMap(({ executors }) => executors)],
    providers: [...shipped.providers, ...added.flatMap(({ providers }) => providers)],
  };
}

async function loadModule(name: string): Promise<Registered> {
  const isPath = name.startsWith('.') || path.isAbsolute(name);
  const found = await import(isPath ? pathToFileURL(path.resolve(name)).href : name).catch((error: unknown) => {
    throw fault(name, `cannot be loaded: ${(error as Error).message}`);
  });
  const { executors, default: list = executors, providers = [] } = found as Record<string, unknown>;
  const given = { executors: executors ?? list, providers };
  const checked = exportedParts.safeParse(given);
  if (checked.success) return given as Registered; // not zod's copy
  const [issue] = checked.error.issues;
  throw fault(name, `is invalid: ${issue?.path.map(String).join('.')}: ${issue?.message}.`);
}

const fault = (name: string, what: string): Error =>
  new Error(`PROVISO_EXECUTORS: ${name} ${what.replaceAll(/\s+/g, ' ')}`);

const fn = z.custom((value) => typeof value === 'function', 'must be a function');
const schema = z.custom(
  (value) => typeof (value as z.ZodType | null)?.safeParse === 'function',
  'must be a zod schema',
);
const names = z.array(z.string());

const executorParts = {
  type: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be 1 to 64 of a-z, 0-9 and _'),
  version: z.int().min(1),
  delivery: z.union([z.enum(['transactional', 'idempotent', 'at_most_once']), fn]),
  identity: z.enum([...PROVIDERS, 'none']),
  params: schema,
  preview: fn,
  execute: fn,
  resolve: fn.optional(),
  readCurrent: fn.optional(),
  definition: fn.optional(),
  approvalFault: fn.optional(),
  restatedIn: z.record(z.string(), names).optional(),
  guard: fn.optional(),
  summary: fn.optional(),
  reconcile: fn.optional(),
  alwaysAsks: z.literal(true).optional(),
  reviewerFields: names.optional(),
  resolvedFields: names.optional(),
  resolvesFrom: names.optional(),
  timeoutMs: z.int().min(1).optional(),
  keyLifetimeMs: z.int().min(1).optional(),
  concurrency: z.int().min(1).optional(),
} satisfies Record<Exclude<keyof Executor, 'tool'>, z.ZodType>;

const executor = z
  .strictObject(executorParts)
  .refine(({ delivery, keyLifetimeMs }) => delivery !== 'idempotent' || keyLifetimeMs !== undefined, {
    path: ['keyLifetimeMs'],
    message: 'is required with idempotent: set how long the provider remembers a key',
  });

const provider = z.looseObject({
  provider: z.enum(PROVIDERS),
  config: schema,
  credentials: schema.nullable(),
  verify: fn,
});

const LIST = 'must export a list of executors, by name or as the default export';
const exportedParts = z.object({
  executors: z.array(executor, LIST).min(1, LIST),
  providers: z.array(provider),
});
