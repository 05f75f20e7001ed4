import { z } from 'zod';
import { dropNulls } from './optional.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const otherSpelling = (name: string): string =>
  name.includes('_')
    ? name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Accepts each field of the object in camelCase or snake_case, and refuses one given in both. The value of a field is
 * unchanged, except a null that stands for an absent field.
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
