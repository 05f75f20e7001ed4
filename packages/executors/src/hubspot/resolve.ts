import { hubspotName, type JsonObject, type JsonValue } from '@proviso/contracts';
import { invalid, type LookupContext, type GuardResult } from '@proviso/core/executor';
import { assertRecordsExist, guardRecordsExist } from '../assert-records-exist.ts';
import { hubspotConfigOf } from './client.ts';
import type { SyncParams } from './params.ts';

/** Resolves the values to push, so that people approve them. Throws INVALID. */
export async function resolveSync(
  given: SyncParams,
  { records, identity }: LookupContext,
): Promise<Partial<SyncParams>> {
  await assertRecordsExist(given, records);
  const { contact_properties, company_properties } = hubspotConfigOf(identity?.config);
  const { contact_id, company_id, properties } = given;
  const found: Partial<SyncParams> = {};
  const contact = contact_id === undefined ? null : await records.contact(contact_id);
  if (contact && !given.contact) {
    const own = properties ? toPushed(properties) : toRenamed(contact.properties, contact_properties);
    found.contact = { email: contact.email, ...own };
  }
  const company = company_id === undefined ? null : await records.company(company_id);
  if (company && company.domain === null)
    throw invalid('params.company_id', 'has no domain; HubSpot identifies companies by domain');
  if (company?.domain && !given.company) {
    const own = properties && !contact ? toPushed(properties) : toRenamed(company.properties, company_properties);
    found.company = { domain: company.domain, ...own };
  }
  return found;
}

/** The records may be gone, or have another key in HubSpot. */
export async function guardSync(sync: SyncParams, { records }: LookupContext): Promise<GuardResult> {
  const missing = await guardRecordsExist(sync, records);
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

/** How many omitted properties are named. */
const NAMED_MAX = 100;

interface Pushed {
  properties: Record<string, string>;
  left_out?: Record<string, string>;
}

/** Properties that are already given under HubSpot's names. */
const toPushed = (properties: JsonObject): Pushed => pushed(properties, (own) => own);

/** Our properties under HubSpot's names: those that the identity lists, else all whose own name is valid there. */
const toRenamed = (properties: JsonObject, names: Record<string, string> | undefined): Pushed =>
  pushed(properties, (own) => (names ? (Object.hasOwn(names, own) ? names[own] : undefined) : own));

/**
 * Text, numbers and booleans as HubSpot stores them. Omitted properties are named, so that people know what they
 * approve.
 */
function pushed(properties: JsonObject, nameOf: (own: string) => string | undefined): Pushed {
  const taken: Record<string, string> = {};
  const leftOut: Record<string, string> = {};
  for (const [own, value] of Object.entries(properties)) {
    const name = nameOf(own);
    const why = name === undefined ? 'the identity does not map it' : whyOmitted(name, value);
    if (why !== undefined) leftOut[own] = why;
    else taken[name as string] = textOf(value as string | number | boolean | null);
  }
  const [named, more] = [Object.entries(leftOut).slice(0, NAMED_MAX), Object.keys(leftOut).length - NAMED_MAX];
  if (more > 0) named.push(['…', `${more} more`]);
  return { properties: taken, ...(named.length > 0 && { left_out: Object.fromEntries(named) }) };
}

const textOf = (value: string | number | boolean | null): string => (value === null ? '' : String(value));

function whyOmitted(name: string, value: JsonValue): string | undefined {
  if (!hubspotName.safeParse(name).success)
    return 'its name is not a valid HubSpot internal name: map it in the identity';
  if (typeof value === 'object' && value !== null)
    return `HubSpot does not store ${Array.isArray(value) ? 'lists' : 'objects'}`;
  return undefined;
}
