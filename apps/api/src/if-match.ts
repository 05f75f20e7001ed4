import { AppError } from '@proviso/core';
import type { Request } from 'express';

/** The version in If-Match, as GET's ETag gave it; undefined without the header. */
export function ifMatch({ headers }: Request): number | undefined {
  const tag = headers['if-match'];
  if (tag === undefined || tag === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(tag)?.[1];
  if (!version) throw new AppError('PRECONDITION_FAILED', 'If-Match must be the ETag of GET /v1/actions/{action_id}.');
  return Number(version);
}
