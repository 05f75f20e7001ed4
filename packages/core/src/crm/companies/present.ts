import type { Company, JsonObject } from '@proviso/contracts';
import type { companies } from '../../generated/client.ts';
import { formatId } from '../../platform/ids.ts';

export const presentCompany = (row: companies): Company => ({
  company_id: formatId('company', row.id),
  domain: row.domain,
  name: row.name,
  properties: row.properties as JsonObject,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});
