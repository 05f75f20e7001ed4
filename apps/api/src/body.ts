import { jsonFault } from '@proviso/contracts';
import { AppError, invalid } from '@proviso/core';
import { parse } from 'lossless-json';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a body as JSON that means one thing only: no repeated keys, no numbers that JavaScript would change, no NUL, no
 * lone surrogates, no nesting beyond 32. An absent body is {}. Throws INVALID, or UNSUPPORTED_MEDIA_TYPE.
 */
export function readJson(raw: unknown, contentType: string | undefined): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return {};
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? ''))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as Content-Type: application/json.');
  let text = '';
  let value: unknown;
  try {
    text = utf8.decode(raw);
    value = parse(text, undefined, { parseNumber: readNumber, onDuplicateKey });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('INVALID', 'The body is not valid JSON.', [{ path: '', message: reasonOf(error) }]);
  }
  const fault = jsonFault(value);
  if (fault) throw new AppError('INVALID', `The body ${fault}.`, [{ path: '', message: fault }]);
  // The parser names a key that stands twice with different values; with equal ones it only leaves fewer keys.
  if (countKeys(value) < countColons(text))
    throw new AppError('INVALID', 'A key stands twice in one object of the body.');
  return value;
}

/** Colons outside strings: one a key. */
function countColons(text: string): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (inString && character === '\\') at += 1;
    else if (!inString && character === ':') count += 1;
  }
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, child) => sum + countKeys(child), own);
}

const reasonOf = (error: unknown): string =>
  error instanceof RangeError
    ? 'is nested too deeply'
    : ((error as Error).message || 'is not valid JSON').slice(0, 200);

function onDuplicateKey({ key }: { key: string }): never {
  throw invalid(key, 'stands twice in one object');
}

function readNumber(text: string): number {
  const value = Number(text);
  const lost = !Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.split(/e/i)[0] ?? ''));
  if (lost || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    throw new AppError('INVALID', `The number ${text.slice(0, 40)} is too large or too small to be kept exactly.`);
  return value;
}
