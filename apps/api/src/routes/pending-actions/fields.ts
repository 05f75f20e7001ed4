// Maps the field names of /v1, which core uses, to the names of this dialect. Held by pending-actions-list-get.test.ts.
import { AppError } from '@proviso/core';

/** Fields whose name differs by more than its spelling. */
const WORDS: Record<string, string> = { type: 'toolName', edits: 'userEdits', action_id: 'pendingActionId' };

/**
 * Runs a verb and renames the fields in its refusals to this dialect's. `params` is the field that held them in the
 * request.
 */
export async function withDialectFields<T>(params: 'toolInput' | 'userEdits', verb: () => Promise<T>): Promise<T> {
  try {
    return await verb();
  } catch (error) {
    throw error instanceof AppError ? renamed(error, params) : error;
  }
}

function renamed({ code, message, details }: AppError, params: string): AppError {
  const nameOf = (field: string): string => (field === 'params' ? params : (WORDS[field] ?? inCamelCase(field)));
  const named = details.map(({ path, ...detail }) => ({
    path: path.replace(/^(items\.\d+\.)?([^.]*)/, (_, item = '', field: string) => item + nameOf(field)),
    ...detail,
  }));
  return new AppError(code, message, named);
}

const inCamelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
