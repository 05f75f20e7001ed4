import { z } from 'zod';
import { jsonObject } from './json.ts';
import { utcTimestamp } from './time.ts';

const counts = z.record(z.string(), z.int());

/** One line of an export, which is NDJSON. */
export const exportLine = z
  .object({
    kind: z
      .string()
      .describe('`export` for the first line and `end` for the last; else what the row is, such as `actions`.'),
    version: z.int().optional().describe('In the first line: the version of the format.'),
    at: utcTimestamp.optional().describe('In the first line: when the export began.'),
    row: jsonObject
      .optional()
      .describe('The row, without secrets; ids are UUIDs. In the first line, the workspace with its settings.'),
    counts: counts
      .optional()
      .describe(
        'In the first line, how many rows of each kind there were, up to a million. In the last, how many were sent.',
      ),
  })
  .meta({ id: 'ExportLine', description: 'One line of an export. Without the line `end`, it is incomplete.' });
export type ExportLine = z.output<typeof exportLine>;
