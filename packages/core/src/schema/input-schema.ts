// Checks an input against a tenant's JSON Schema, in a thread (schema-pool.ts), so that it delays nobody else. Held by
// input-schema.test.ts.
import { createHash } from 'node:crypto';
import { jsonFault, jsonValue, type JsonObject } from '@proviso/contracts';
import { z } from 'zod';
import { withoutReserved } from './reserved-fields.ts';
import type { Fault } from './schema-job.ts';
import { runInThread } from './schema-pool.ts';

/** How many schemas the thread is known to have; it says when it has forgotten one. */
const SENT_MAX = 1_000;

/** A schema, and the workspace whose turn it uses. */
export interface TenantSchema {
  workspaceId: string;
  schema: JsonObject;
}

interface Described {
  text: string;
  hash: string;
}
const described = new WeakMap<JsonObject, Described>();
const sent = new Set<string>();

function describe(schema: JsonObject): Described {
  const known = described.get(schema);
  if (known) return known;
  const text = JSON.stringify(schema);
  const made = { text, hash: createHash('sha256').update(text).digest('base64') };
  described.set(schema, made);
  return made;
}

export interface SchemaCheck {
  /** Why it cannot run; undefined = it can. */
  fault?: string;
  /** The parts of it that are not checked, in words. */
  untested: string[];
}

/** Whether a schema can validate inputs. */
export async function checkSchema({ workspaceId, schema }: TenantSchema): Promise<SchemaCheck> {
  const { text, hash } = describe(schema);
  const answer = await runInThread(workspaceId, { kind: 'definition', hash, schema: text });
  if (answer.kind === 'definition') {
    remember(sent, hash);
    return answer;
  }
  return { fault: 'cannot be compiled in time', untested: [] };
}

/**
 * Validates params by a tool's schema, as far as it can be checked, and leaves them unchanged; parse it asynchronously.
 * Params may name the call's context whatever the schema says, unless the schema describes those fields. Reports only
 * the first fault: finding all of them has no bound.
 */
export function paramsOf(own: TenantSchema): z.ZodType<JsonObject> {
  const properties = Object(own.schema.properties) as object;
  return z.record(z.string(), jsonValue).superRefine(async (params, check) => {
    const fault = jsonFault(params);
    const named = Object.fromEntries(Object.entries(params).filter(([name]) => Object.hasOwn(properties, name)));
    const input = { ...withoutReserved(params), ...named };
    const issue = fault ? { path: [], message: fault } : await faultOf(own, input);
    if (issue) check.addIssue({ code: 'custom', ...issue });
  });
}

/** The first fault of an input by the schema, as far as it can be checked; undefined = it fits. */
export async function inputFault(own: TenantSchema, input: JsonObject): Promise<Fault | undefined> {
  const fault = jsonFault(input);
  return fault ? { path: [], message: fault } : faultOf(own, input);
}

const TOO_SLOW: Fault = { path: [], message: 'cannot be validated in time by the tool’s input_schema' };

async function faultOf({ workspaceId, schema }: TenantSchema, given: JsonObject): Promise<Fault | undefined> {
  const { text, hash } = describe(schema);
  const input = JSON.stringify(given);
  const whole = { kind: 'input', hash, schema: text, input } as const;
  let answer = await runInThread(workspaceId, sent.has(hash) ? { kind: 'input', hash, input } : whole);
  if (answer.kind === 'forgotten') answer = await runInThread(workspaceId, whole);
  if (answer.kind === 'input') {
    remember(sent, hash);
    return answer.fault;
  }
  return TOO_SLOW;
}

function remember(hashes: Set<string>, hash: string): void {
  hashes.add(hash);
  if (hashes.size > SENT_MAX) hashes.delete([...hashes][0] ?? '');
}
