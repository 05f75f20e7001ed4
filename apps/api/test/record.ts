import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ErrorDetail } from '@proviso/contracts';
import type { RECORDED } from '../src/document/recorded.ts';
import { codeOf, type Reply } from './test-api.ts';

export type Recorded = typeof RECORDED;

/** What is another one in each run, as one that stands for all. */
const STANDS_FOR: [RegExp, string][] = [
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '550e8400-e29b-41d4-a716-446655440000'],
  [/\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9a-z])/g, '$1_01h455vb4pex5vsknk084sn02q'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-02T03:04:05.678Z'],
  [/\b[0-9a-f]{64}\b/g, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  [/\b(pvi?|whsec)_[\w+/=-]+/g, '$1_…'],
  [/"lookup":"[^"]+"/g, '"lookup":"2xkq8W3n"'],
  [
    /"push_public_key":"[^"]+"/g,
    '"push_public_key":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"',
  ],
];

export const settled = (value: unknown): unknown =>
  JSON.parse(STANDS_FOR.reduce((text, [which, one]) => text.replaceAll(which, one), JSON.stringify(value))) as unknown;

/** The first refusal of each code. */
export function errorsOf(replies: readonly Reply[]): Recorded[string]['errors'] {
  const errors: Recorded[string]['errors'] = {};
  for (const reply of replies) {
    const { error } = reply.body;
    const said = typeof error === 'object' ? (error as { message: string }).message : error;
    const details = ((typeof error === 'object' ? error : reply.body) as { details?: ErrorDetail[] }).details ?? [];
    errors[codeOf(reply) ?? ''] ??= settled({ message: said, details }) as Recorded[string]['errors'][string];
  }
  return errors;
}

const HEAD = `// Recorded by examples.test.ts under PROVISO_RECORD_EXAMPLES=1, from a real api; the same test says where it is old.
import type { ErrorDetail } from '@proviso/contracts';

interface Recorded {
  /** What the operation answered to its example; absent = a stream. */
  reply?: unknown;
  /** By the code as its dialect says it, what a refusal said. */
  errors: Record<string, { message: string; details: ErrorDetail[] }>;
}

`;

export const record = (recorded: Recorded): Promise<void> =>
  writeFile(
    path.resolve(__dirname, '../src/document/recorded.ts'),
    `${HEAD}export const RECORDED: Record<string, Recorded> = ${JSON.stringify(recorded)};\n`,
  );
