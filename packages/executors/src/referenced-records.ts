import type { JsonObject, Preview } from '@proviso/contracts';
import type { LookupContext } from '@proviso/core/executor';
import type { Named } from './assert-records-exist.ts';
import { previewField } from './preview-field.ts';

/** For `readCurrent`: the records that the params name, as people know them. */
export async function readReferenced(
  { contact_id, company_id }: Named,
  { records }: LookupContext,
): Promise<JsonObject> {
  const contact = contact_id === undefined ? null : await records.contact(contact_id);
  const company = company_id === undefined ? null : await records.company(company_id);
  return {
    ...(contact && { contact: [nameIn(contact.properties), contact.email].filter(Boolean).join(', ') }),
    ...(company && { company: [...new Set([company.label, company.domain])].filter(Boolean).join(', ') }),
  };
}

/** A contact's name from its properties, under the names that are common for it. */
function nameIn(properties: JsonObject): string {
  const text = (name: string): string => {
    const value = properties[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const first = text('first_name') || text('firstName') || text('firstname');
  const last = text('last_name') || text('lastName') || text('lastname');
  return text('name') || text('full_name') || [first, last].filter(Boolean).join(' ');
}

/** The preview's fields for them; the id if the record was not read. */
export const referencedFields = (
  { contact_id = '', company_id = '' }: Named,
  current: JsonObject = {},
): Preview['fields'] => [
  ...previewField('Contact', typeof current.contact === 'string' ? current.contact : contact_id),
  ...previewField('Company', typeof current.company === 'string' ? current.company : company_id),
];
