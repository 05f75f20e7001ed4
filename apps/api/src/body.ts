import { AppError, invalid, nextSlice } from '@proviso/core';
import { JSON_DEPTH_MAX } from '@proviso/contracts';
import type { Request } from 'express';
import type { BodyMemory } from './body-memory.ts';
import { repeatedKey, scanJson, type JsonLimits } from './json-scan.ts';
import { readBytes } from './decompress.ts';

/** The limits of a body before its route validates it. */
export interface BodyLimits extends JsonLimits {
  /** Compressed and decompressed. */
  bytesMax: number;
}

const KIB = 1024;
export const BODY: BodyLimits = { bytesMax: 1024 * KIB, depthMax: JSON_DEPTH_MAX, valuesMax: 20_000, keysMax: 10_000 };
export const BULK_BODY: BodyLimits = { ...BODY, bytesMax: 4 * 1024 * KIB, valuesMax: 100_000, keysMax: 20_000 };
/** For a route without a body: enough for `{}`. */
export const NO_BODY: BodyLimits = { ...BODY, bytesMax: KIB };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a body as unambiguous JSON: no duplicate keys, no numbers that JavaScript would change, no NUL, no lone
 * surrogates, and everything within the limits. An absent body is {}. Throws INVALID, PAYLOAD_TOO_LARGE,
 * UNSUPPORTED_MEDIA_TYPE, or UNAVAILABLE.
 */
export async function readBody(req: Request, limits: BodyLimits, memory: BodyMemory): Promise<unknown> {
  const bytes = await readBytes(req, limits.bytesMax, memory);
  return bytes.length === 0 ? {} : readJson(bytes, req.headers['content-type'], limits);
}

export async function readJson(bytes: Buffer, contentType: string | undefined, limits: BodyLimits): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? ''))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as Content-Type: application/json.');
  await nextSlice();
  const { fault, keys } = scanJson(bytes, limits);
  if (fault) throw new AppError('INVALID', `The body ${fault}.`, [{ path: '', message: fault }]);
  await nextSlice();
  const text = decode(bytes);
  await nextSlice();
  const value = parse(text);
  await nextSlice();
  if (countKeys(value) < keys) throw invalid(repeatedKey(bytes) ?? '', 'is given twice in one object');
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed((error as Error).message.slice(0, 200));
  }
}

const malformed = (message: string): AppError =>
  new AppError('INVALID', 'The body is not valid JSON.', [{ path: '', message }]);

/** Fewer keys than the text has means that one was duplicated. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (!Array.isArray(value)) {
    const keys = Object.keys(value);
    if (keys.includes('__proto__')) throw new AppError('INVALID', 'The body must not contain a key named __proto__.');
    count = keys.length;
  }
  for (const child of Object.values(value)) count += countKeys(child);
  return count;
}
