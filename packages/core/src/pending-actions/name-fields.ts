import { AppError } from '../errors.ts';

/** Fields that this dialect has another word for, beyond their spelling. */
const WORDS: Record<string, string> = { type: 'toolName', edits: 'userEdits' };

/** Runs a verb of /v1, and names what it refuses by this dialect's fields; `params` are called by what held them here. */
export async function namingFields<T>(params: 'toolInput' | 'userEdits', verb: () => Promise<T>): Promise<T> {
  try {
    return await verb();
  } catch (error) {
    throw error instanceof AppError ? renamed(error, params) : error;
  }
}

/** The error with this dialect's fields in its details. */
export function renamed({ code, message, details, action }: AppError, params: string): AppError {
  const spoken = details.map(({ path, ...detail }) => {
    const [head = '', ...rest] = path.split('.');
    const name = head === 'params' ? params : (WORDS[head] ?? inCamelCase(head));
    return { path: [name, ...rest].join('.'), ...detail };
  });
  return new AppError(code, message, spoken, action);
}

const inCamelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
