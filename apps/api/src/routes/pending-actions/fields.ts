// The words of this dialect, for what core calls by the field's name on /v1. Held by pending-actions-errors.test.ts.
import { AppError } from '@proviso/core';

/** Fields that have another word here, beyond their spelling. */
const WORDS: Record<string, string> = { type: 'toolName', edits: 'userEdits', action_id: 'pendingActionId' };

/** Runs a verb, and names what it refuses by this dialect's fields; `params` are called by what held them in the request. */
export async function inTheseFields<T>(params: 'toolInput' | 'userEdits', verb: () => Promise<T>): Promise<T> {
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
