// A tenant's JSON Schema is a program that runs on strangers' input: nothing remote is read, nothing asynchronous is
// built, and compiling and validating have a time limit, since a pattern or a web of $refs may take for ever.
// Held by input-schema.test.ts.
import vm from 'node:vm';
import { jsonFault, jsonValue, type JsonObject, type JsonValue } from '@proviso/contracts';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv, type Options } from 'ajv';
import ajvFormats from 'ajv-formats';
import { z } from 'zod';
import { withoutReserved } from './reserved-fields.ts';

const COMPILE_MS_MAX = 1_000;
const VALIDATE_MS_MAX = 250;
/** How long a schema that took too long is not tried again: a thousand such proposals at once cost no more than a few. */
const REST_MS = 2_000;
/** Compiled schemas of this process, by their text. */
const KEPT_MAX = 200;

const OPTIONS: Options = {
  strict: false, // keywords of other dialects and tools are let be
  inlineRefs: false,
  logger: false,
};

/** A dialect: what tells its schemas from nonsense, and a compiler that knows no schema of anybody else's. */
interface Dialect {
  meta: Ajv;
  compiler(): Ajv;
}
const ALONE: Options = { ...OPTIONS, meta: false, validateSchema: false };
const newest: Dialect = { meta: new Ajv2020(OPTIONS), compiler: () => new Ajv2020(ALONE) };
const draft7: Dialect = { meta: new Ajv(OPTIONS), compiler: () => new Ajv(ALONE) };
const dialectOf = ({ $schema }: JsonObject): Dialect =>
  typeof $schema === 'string' && $schema.includes('draft-07') ? draft7 : newest;

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
    const { meta } = dialectOf(schema);
    if (!meta.validateSchema(schema)) return `${NO_SCHEMA}: ${meta.errorsText()}`.slice(0, 300);
    compile(schema);
    return undefined;
  } catch (error) {
    return `${NO_SCHEMA}: ${(error as Error).message}`.slice(0, 300);
  }
}

const NO_SCHEMA = 'is not JSON Schema 2020-12 or draft-07';

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

/** A compiler each: one that is used again keeps whatever it has ever compiled. */
const compile = (schema: JsonObject): ValidateFunction =>
  bounded(COMPILE_MS_MAX, () => ajvFormats.default(dialectOf(schema).compiler()).compile(schema));

interface Known {
  validate?: ValidateFunction;
  /** It took too long, and is not tried again before. */
  restsUntil: number;
}

const kept = new Map<string, Known>();

function knownOf(schema: JsonObject): Known {
  const text = JSON.stringify(schema);
  const known = kept.get(text) ?? { restsUntil: 0 };
  kept.delete(text);
  kept.set(text, known); // the one used last is the last to go
  if (kept.size > KEPT_MAX) kept.delete([...kept.keys()][0] ?? '');
  return known;
}

/**
 * Params as a tool's schema wants them, kept as they are. Where a call belongs may be among them whatever the schema says,
 * unless it describes that. Says the first fault only: looking for all has no bound.
 */
export function paramsOf(schema: JsonObject): z.ZodType<JsonObject> {
  const described = Object.keys(Object(schema.properties));
  return z.record(z.string(), jsonValue).superRefine((params, check) => {
    const fault = jsonFault(params);
    const named = Object.fromEntries(Object.entries(params).filter(([name]) => described.includes(name)));
    const input = { ...withoutReserved(params), ...named };
    const issue = fault ? { path: [], message: fault } : faultOf(schema, input);
    if (issue) check.addIssue({ code: 'custom', ...issue });
  });
}

/** What a schema says against an input, first fault only; undefined = it fits. */
export const inputFault = (schema: JsonObject, input: JsonObject): Fault | undefined => {
  const fault = jsonFault(input);
  return fault ? { path: [], message: fault } : faultOf(schema, input);
};

export interface Fault {
  path: string[];
  message: string;
}

const TOO_SLOW: Fault = { path: [], message: 'cannot be tested by the tool’s input_schema in time' };

function faultOf(schema: JsonObject, input: JsonObject): Fault | undefined {
  const known = knownOf(schema);
  if (performance.now() < known.restsUntil) return TOO_SLOW;
  try {
    const validate = (known.validate ??= compile(schema));
    return bounded(VALIDATE_MS_MAX, () => validate(input)) ? undefined : said(validate.errors?.[0]);
  } catch {
    known.restsUntil = performance.now() + REST_MS;
    return TOO_SLOW;
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
