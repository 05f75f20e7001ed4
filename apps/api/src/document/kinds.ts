// The types and providers of this process, for the document. An instance with additional executors describes them too.
import { PROVIDERS } from '@proviso/contracts';
import type { Registry } from '@proviso/core';
import type { Executor, ProviderKind } from '@proviso/core/executor';
import { z } from 'zod';

/** A type of action or a kind of account. Schemas are named after it: `email_message` is EmailMessage. */
interface Kind {
  value: string;
  name: string;
}
export interface ActionKind extends Kind {
  executor: Executor;
  /** The params of a proposal, without those that are looked up or that only a reviewer sets. */
  params: z.ZodType;
  /** The params that a reviewer may change; null removes one. */
  edits: z.ZodType;
}
export interface AccountKind extends Kind {
  provider: ProviderKind;
}
export interface Kinds {
  actions: readonly ActionKind[];
  accounts: readonly AccountKind[];
}

export function kindsOf(registry: Registry): Kinds {
  return {
    actions: registry.types().flatMap((type) => actionKind(registry.get(type))),
    accounts: PROVIDERS.flatMap((name) => {
      const provider = registry.provider(name);
      return provider ? [{ value: name, name: pascal(name), provider }] : [];
    }),
  };
}

function actionKind(executor: Executor | undefined): ActionKind[] {
  if (!executor || !hasJsonSchema(executor.params)) return [];
  const { type, params, resolvedFields = [], reviewerFields = [] } = executor;
  const without = (names: readonly string[]) =>
    Object.entries(fieldsOf(params) ?? {}).filter(([name, field]) => !names.includes(name) && !isRefused(field));
  if (without([]).length === 0) return [{ value: type, name: pascal(type), executor, params, edits: params }];
  const meta = params.meta();
  return [
    {
      value: type,
      name: pascal(type),
      executor,
      params: z.strictObject(Object.fromEntries(without([...resolvedFields, ...reviewerFields]))).meta({ ...meta }),
      edits: z
        .strictObject(Object.fromEntries(without(resolvedFields).map(([name, field]) => [name, changeable(field)])))
        .describe(
          `Changes to the params of \`${type}\`. Null removes a field; fields that are not named stay as they are.`,
        ),
    },
  ];
}

const changeable = (field: z.ZodType): z.ZodType =>
  field
    .nullable()
    .optional()
    .describe(field.meta()?.description ?? '');

/** A field that exists only to explain why it is refused. */
const isRefused = (field: z.ZodType): boolean => field instanceof z.ZodOptional && field.unwrap() instanceof z.ZodNever;

/** An operator's own executor may validate params by rules that JSON Schema cannot express. */
function hasJsonSchema(schema: z.ZodType): boolean {
  try {
    z.toJSONSchema(schema, { io: 'input' });
    return true;
  } catch {
    return false;
  }
}

/** The fields of an object schema, also behind a transform. */
function fieldsOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodPipe) return fieldsOf(schema.out as z.ZodType);
  return schema instanceof z.ZodObject ? schema.shape : undefined;
}

const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
