// Turns a zod issue into advice on the field. Zod's own words name its types, so they are replaced; a schema's own
// words stay.
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const MUST_BE: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const FORMATS: Record<string, string> = { uuid: 'a UUID', guid: 'a UUID', email: 'an e-mail address', url: 'a URL' };
const UNITS: Record<string, string> = { string: ' characters', array: ' items', record: ' fields', object: ' fields' };
const BY_ZOD = /^(?:Invalid (?:input|option|string|UUID|GUID|email|URL)|Too (?:big|small))/;

/** The message of an issue: the schema's, or advice where zod has only its own. */
export function issueText(issue: Issue): string {
  return BY_ZOD.test(issue.message) ? (advice(issue) ?? issue.message) : issue.message;
}

function advice(issue: Issue): string | undefined {
  if (issue.code === 'invalid_type') {
    if (issue.message.endsWith('received undefined')) return 'is required';
    return MUST_BE[issue.expected] && `must be ${MUST_BE[issue.expected]}`;
  }
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'invalid_format') return FORMATS[issue.format] && `must be ${FORMATS[issue.format]}`;
  if (issue.code === 'too_big') return bound('at most', issue.maximum, issue.origin);
  if (issue.code !== 'too_small') return undefined;
  return issue.minimum === 1 && UNITS[issue.origin]
    ? 'must not be empty'
    : bound('at least', issue.minimum, issue.origin);
}

function bound(which: 'at most' | 'at least', limit: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  return unit ? `must have ${which} ${limit}${unit}` : `must be ${which} ${limit}`;
}
