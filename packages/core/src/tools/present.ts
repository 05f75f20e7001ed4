import type { JsonObject, Tool } from '@proviso/contracts';
import type { tools } from '../generated/client.ts';

/** A tool without its secret. */
export const presentTool = (row: tools): Tool => ({
  name: row.name,
  version: row.version,
  url: row.url,
  input_schema: row.input_schema as JsonObject,
  idempotent: row.idempotent,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
