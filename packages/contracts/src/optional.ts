import { z } from 'zod';

/**
 * An object with exactly these fields. Null for an optional field means the same as omitting it, as in replies, unless
 * the field gives null its own meaning.
 */
export const strictFields = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => {
  const schema = z.strictObject(shape);
  return z.preprocess(dropNulls(schema), schema);
};

/** Drops each null of an optional field that gives null no meaning. */
export function dropNulls({ shape }: z.ZodObject): (input: unknown) => unknown {
  const droppable = Object.entries(shape).flatMap(([name, field]) =>
    z.safeParse(field, undefined).success && !z.safeParse(field, null).success ? name : [],
  );
  return (input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
    const nulls = droppable.filter((name) => Object.hasOwn(input, name) && input[name as keyof typeof input] === null);
    if (nulls.length === 0) return input;
    return Object.fromEntries(Object.entries(input).filter(([name]) => !nulls.includes(name)));
  };
}
