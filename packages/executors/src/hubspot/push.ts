import type { JsonObject } from '@proviso/contracts';
import { done, refused, unknown, type Outcome } from '@proviso/core/executor';
import { wordsOf } from '../http/answer.ts';
import type { Answer, Hubspot } from './client.ts';
import type { SyncParams } from './params.ts';

interface Pushed {
  id: string;
  created: boolean;
}

/**
 * Pushes the company, the contact and their association. Each step is safe to repeat, and none is undone if a later one
 * fails.
 */
export async function pushAll(hubspot: Hubspot, sync: SyncParams, companyKey: string): Promise<Outcome> {
  const { contact, company, associate } = sync;
  const result: JsonObject = {};
  const left_out = leftOutOf(sync);
  const steps: [name: string, step: () => Promise<Pushed | Outcome>][] = [];
  if (company)
    steps.push(['company', () => upsert(hubspot, 'companies', companyKey, [company.domain, company.properties])]);
  if (contact) steps.push(['contact', () => upsert(hubspot, 'contacts', 'email', [contact.email, contact.properties])]);
  for (const [name, step] of steps) {
    const pushed = await step();
    if ('kind' in pushed) return after(result, pushed);
    Object.assign(result, { [`hubspot_${name}_id`]: pushed.id, [`${name}_created`]: pushed.created });
  }
  if (!associate) return done({ ...result, ...left_out });
  const { hubspot_contact_id, hubspot_company_id } = result as Record<string, string>;
  const path = `/crm/v4/objects/contacts/${hubspot_contact_id}/associations/default/companies/${hubspot_company_id}`;
  const answer = await hubspot.ask('PUT', path);
  return answer.ok ? done({ ...result, associated: true, ...left_out }) : after(result, answer.outcome);
}

/** What was not pushed, for the result. */
function leftOutOf({ contact, company }: SyncParams): JsonObject {
  const named = {
    ...(contact?.left_out && { contact: contact.left_out }),
    ...(company?.left_out && { company: company.left_out }),
  };
  return Object.keys(named).length > 0 ? { left_out: named } : {};
}

async function upsert(
  hubspot: Hubspot,
  objects: 'contacts' | 'companies',
  idProperty: string,
  [id, properties]: [string, Record<string, string>],
): Promise<Pushed | Outcome> {
  const inputs = [{ id, idProperty, properties }];
  return pushedOf(await hubspot.ask('POST', `/crm/v3/objects/${objects}/batch/upsert`, { inputs }));
}

/** A batch of one: its error is in a list, under a status of success (207). */
function pushedOf(answer: Answer): Pushed | Outcome {
  if (!answer.ok) return answer.outcome;
  const { results, errors } = answer.body as { results?: { id?: unknown; new?: unknown }[]; errors?: unknown };
  const only = Array.isArray(results) ? results[0] : undefined;
  if (typeof only?.id === 'string' && /^\w{1,64}$/.test(only.id)) return { id: only.id, created: only.new === true };
  const reasons = Array.isArray(errors) && errors.length > 0 ? wordsOf(answer.raw) : undefined;
  if (reasons !== undefined) return refused(`HubSpot refused it: ${reasons || 'it gives no reason'}`);
  return unknown('HubSpot’s response does not say what happened.');
}

/** What was already pushed stays, whatever the next step returns. */
function after(result: JsonObject, outcome: Outcome): Outcome {
  if (Object.keys(result).length === 0 || outcome.kind === 'done') return outcome;
  if (outcome.kind === 'retry') return { ...outcome, undone: false };
  return unknown(`It was pushed only in part (${Object.keys(result).join(', ')}). ${outcome.message}`);
}
