// A tenant's JSON Schema is a program that runs on strangers' input: nothing remote is read, nothing asynchronous is
// built, and compiling and validating have a time limit, since a pattern or a web of $refs may take for ever.
// Held by input-schema.test.ts.
import vm from 'node:vm';
import { jsonFault, jsonValue, type JsonObject, type JsonValue } from '@proviso/contracts';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv, type Options } from 'ajv';
import ajvFormats from 'ajv-formats';
import { z } from 'zod';

const COMPILE_MS_MAX = 1_000;
const VALIDATE_MS_MAX = 250;
/** Compiled schemas of this process, by their text. */
const KEPT_MAX = 200;

const OPTIONS: Options = {
  strict: false, // keywords of other dialects and tools are let be
  inlineRefs: false,
  logger: false,
};
const addFormats = ajvFormats.default;
const newest = addFormats(new Ajv2020(OPTIONS));
const draft7 = addFormats(new Ajv(OPTIONS));

const context = vm.createContext({});
const script = new vm.Script('work()');

/** Work that may be a tenant's: it is stopped after so many ms, also within a regular expression. */
function bounded<T>(limitMs: number, work: () => T): T {
  context.work = work;
  return script.runInContext(context, { timeout: limitMs }) as T;
}

/** Why a schema cannot describe the params of a tool; undefined = it can. */
export function schemaFault(schema: JsonObject): string | undefined {
  if (schema.type !== undefined && schema.type !== 'object') return 'must describe an object';
  if (schema.$async !== undefined) return 'must not be $async';
  const remote = remoteRef(schema);
  if (remote !== undefined) return `must not refer to anything outside itself (${remote.slice(0, 100)})`;
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return `is not JSON Schema 2020-12 or draft-07: ${message.slice(0, 300)}`;
  }
}

function remoteRef(value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value))
    for (const key of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const target = value[key];
      if (typeof target === 'string' && !target.startsWith('#')) return target;
    }
  for (const child of Object.values(value)) {
    const found = remoteRef(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Without its own $id, which only others would need: what one tenant calls itself is nothing to another. */
function compile({ $id: _, ...schema }: JsonObject): ValidateFunction {
  const ajv = typeof schema.$schema === 'string' && schema.$schema.includes('draft-07') ? draft7 : newest;
  try {
    return bounded(COMPILE_MS_MAX, () => ajv.compile(schema));
  } finally {
    ajv.removeSchema(schema);
  }
}

const kept = new Map<string, ValidateFunction>();

function compiled(schema: JsonObject): ValidateFunction {
  const text = JSON.stringify(schema);
  const validate = kept.get(text) ?? compile(schema);
  kept.delete(text);
  kept.set(text, validate); // the one used last is the last to go
  if (kept.size > KEPT_MAX) kept.delete([...kept.keys()][0] ?? '');
  return validate;
}

/** Where a tool is called from: part of any input, and described by its schema only where it wants to. */
const RESERVED = ['workspace_id', 'mission_id', 'session_id'];

/** Params as a tool's schema wants them, kept as they are. Says the first fault only: looking for all has no bound. */
export function paramsOf(schema: JsonObject): z.ZodType<JsonObject> {
  const described = Object.keys(Object(schema.properties));
  const passed = RESERVED.filter((key) => !described.includes(key));
  return z.record(z.string(), jsonValue).superRefine((params, check) => {
    const fault = jsonFault(params);
    const input = Object.fromEntries(Object.entries(params).filter(([key]) => !passed.includes(key)));
    const issue = fault ? { path: [], message: fault } : faultOf(schema, input);
    if (issue) check.addIssue({ code: 'custom', ...issue });
  });
}

interface Fault {
  path: string[];
  message: string;
}

function faultOf(schema: JsonObject, input: JsonObject): Fault | undefined {
  try {
    const validate = compiled(schema);
    if (bounded(VALIDATE_MS_MAX, () => validate(input))) return undefined;
    return said(validate.errors?.[0]);
  } catch {
    return { path: [], message: 'cannot be tested by the tool’s input_schema in time' };
  }
}

function said(error: ErrorObject | undefined): Fault {
  const { instancePath = '', keyword, params = {}, message = 'does not fit' } = error ?? {};
  const at = instancePath.split('/').slice(1).map(unescaped);
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<string, string | undefined>;
  const unknown = additionalProperty ?? unevaluatedProperty;
  if (keyword === 'required' && missingProperty !== undefined)
    return { path: [...at, missingProperty], message: 'is required' };
  if (unknown !== undefined) return { path: [...at, unknown], message: 'is not a known field' };
  return { path: at, message };
}

/** A part of a JSON pointer (RFC 6901). */
const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
