import type { JsonObject } from '@proviso/contracts';
import type { Transaction } from '../../platform/db.ts';
import { notFound } from '../../platform/errors.ts';
import type { companies } from '../../generated/client.ts';
import { mergeProperties } from '../merge-properties.ts';
import { statement } from '../../platform/statement.ts';

export interface CompanyChange {
  name?: string | null | undefined;
  domain?: string | null | undefined;
  /** Merged; a null deletes a property. */
  properties?: JsonObject | undefined;
}

/** Changes a company in an open transaction. Throws NOT_FOUND if it is gone. */
export async function changeCompany(
  { tables, query }: Transaction,
  where: { id: string; workspace_id: string },
  { name, domain, properties }: CompanyChange,
): Promise<{ before: companies; after: companies }> {
  await query(LOCK, { id: where.id }); // serialises two merges of properties
  const before = await tables.companies.findFirst({ where });
  if (!before) throw notFound('company');
  const after = await tables.companies.update({
    where,
    data: {
      ...(name !== undefined && { name }),
      ...(domain !== undefined && { domain: domain?.toLowerCase() ?? null }),
      ...(properties && { properties: mergeProperties(before.properties as JsonObject, properties) }),
    },
  });
  return { before, after };
}

const LOCK = statement<{ id: string }>(
  'company_lock',
  'select id from companies where id = :id::uuid for no key update',
);
