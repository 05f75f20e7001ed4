import { hubspotName, type JsonObject, type JsonValue } from '@proviso/contracts';
import { invalid, type LookupContext, type Verdict } from '@proviso/core/executor';
import { demandNamed, refuseMissing } from '../missing.ts';
import { hubspotConfigOf } from './client.ts';
import type { SyncParams } from './params.ts';

/** Takes down what will be pushed, so that people approve the values. Throws INVALID. */
export async function resolveSync(
  given: SyncParams,
  { records, identity }: LookupContext,
): Promise<Partial<SyncParams>> {
  await demandNamed(given, records);
  const { contact_properties, company_properties } = hubspotConfigOf(identity?.config);
  const { contact_id, company_id, properties } = given;
  const found: Partial<SyncParams> = {};
  const contact = contact_id === undefined ? null : await records.contact(contact_id);
  if (contact && !given.contact) {
    const own = properties ? textOf(properties) : renamed(contact.properties, contact_properties);
    found.contact = { email: contact.email, properties: own };
  }
  const company = company_id === undefined ? null : await records.company(company_id);
  if (company && company.domain === null)
    throw invalid('params.company_id', 'has no domain, by which HubSpot could tell it');
  if (company?.domain && !given.company) {
    const own = properties && !contact ? textOf(properties) : renamed(company.properties, company_properties);
    found.company = { domain: company.domain, properties: own };
  }
  return found;
}

/** The records may be gone, or be found in HubSpot under another key. */
export async function guardSync(sync: SyncParams, { records }: LookupContext): Promise<Verdict> {
  const missing = await refuseMissing(sync, records);
  if (missing.kind !== 'ok') return missing;
  const changes: string[] = [];
  const contact = sync.contact_id === undefined ? null : await records.contact(sync.contact_id);
  if (contact && contact.email !== sync.contact?.email) changes.push(`the contact's address is now ${contact.email}`);
  const company = sync.company_id === undefined ? null : await records.company(sync.company_id);
  if (company && company.domain !== sync.company?.domain) {
    changes.push(`the company's domain is now ${company.domain ?? 'none'}`);
  }
  return changes.length > 0 ? { kind: 'stale', changes } : { kind: 'ok' };
}

/** Our properties under HubSpot's names: those that the identity lists, else all whose own name can be one. */
function renamed(properties: JsonObject, names: Record<string, string> | undefined): Record<string, string> {
  const entries = Object.entries(properties).flatMap(([own, value]): [string, JsonValue][] => {
    const name = names ? (Object.hasOwn(names, own) ? names[own] : undefined) : own;
    return name !== undefined && hubspotName.safeParse(name).success ? [[name, value]] : [];
  });
  return textOf(Object.fromEntries(entries));
}

/** Text, numbers and flags as HubSpot keeps them; lists and objects have no form there. */
const textOf = (properties: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => typeof value !== 'object' || value === null)
      .map(([name, value]) => [name, value === null ? '' : String(value as string | number | boolean)]),
  );
