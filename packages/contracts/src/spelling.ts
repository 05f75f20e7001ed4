import { z } from 'zod';
import { dropNulls } from './optional.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const otherSpelling = (name: string): string =>
  name.includes('_')
    ? name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The object with each of its fields in camelCase or in snake_case, whichever comes; one field in both is refused. What a
 * field holds is left as it is, but for a null that stands for an absent field.
 */
export const eitherSpelling = <Schema extends z.ZodObject>(schema: Schema) => {
  const withoutNulls = dropNulls(schema);
  return z.preprocess((input, check) => {
    if (!isObject(input)) return input;
    const read = { ...input };
    for (const name of Object.keys(schema.shape)) {
      const other = otherSpelling(name);
      if (other === name || !Object.hasOwn(read, other)) continue;
      if (Object.hasOwn(read, name))
        check.addIssue({ code: 'custom', path: [name], message: `is given twice, also as ${other}`, input });
      read[name] = read[other];
      delete read[other];
    }
    return withoutNulls(read);
  }, schema);
};
