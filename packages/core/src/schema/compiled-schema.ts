// A tenant's JSON Schema is a program that runs on untrusted input. It is compiled and run in a separate thread
// (schema-thread.ts), once per definition. It reads nothing remote, compiles nothing asynchronous, and its patterns run
// in time linear in their input. Held by input-schema.test.ts.
import type { JsonObject, JsonValue } from '@proviso/contracts';
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { modernize } from './modern-schema.ts';
import type { Answer, Fault } from './schema-job.ts';
import { subschemasOf } from './subschemas.ts';

/** More than any tool needs. Compilation time grows with its square. */
const OBJECTS_MAX = 1_000;
const REFERENCES_MAX = 200;
const DEPTH_MAX = 32;

/** How many compiled schemas are kept, by their text; the least recently used one goes first. */
const CACHED_MAX = 200;
const CACHED_CHARS_MAX = 512 * 1024;

/** Patterns that RE2 does not support are not checked, and the reply says so. */
const UNTESTED =
  'is not RE2 syntax (github.com/google/re2/wiki/Syntax), which has no look-around and no backreferences';

const OPTIONS: Options = {
  strict: false, // ignores keywords of other dialects and tools
  inlineRefs: false,
  logger: false,
};

/** Validates that a schema is one. */
const meta = new Ajv2020(OPTIONS);

interface Compiled {
  fault?: string;
  untested: string[];
  validate?: ValidateFunction;
}

const cache = new Map<string, Compiled & { chars: number }>();
let cachedChars = 0;

/** Whether the schema can run at all, and which of its patterns cannot. */
export const answerForDefinition = (hash: string, text: string): Answer => {
  const { fault, untested } = compiledOf(hash, text);
  return { kind: 'definition', untested, ...(fault !== undefined && { fault }) };
};

/** Returns only the first fault of an input: finding all of them has no bound. */
export function answerForInput(hash: string, text: string | undefined, input: string): Answer {
  if (text === undefined && !cache.has(hash)) return { kind: 'forgotten' };
  const { fault, validate, untested } = compiledOf(hash, text ?? '');
  if (fault !== undefined)
    return { kind: 'input', untested, fault: { path: [], message: `has a schema that ${fault}` } };
  const fits = validate?.(JSON.parse(input)) ?? true;
  return { kind: 'input', untested, ...(!fits && { fault: faultOf(validate?.errors?.[0]) }) };
}

function compiledOf(hash: string, text: string): Compiled {
  const known = cache.get(hash);
  if (known) {
    cache.delete(hash);
    cache.set(hash, known);
    return known;
  }
  const compiled = { ...compile(JSON.parse(text) as JsonObject), chars: text.length };
  cache.set(hash, compiled);
  cachedChars += compiled.chars;
  for (const [oldest, { chars }] of cache) {
    if (cache.size <= CACHED_MAX && cachedChars <= CACHED_CHARS_MAX) break;
    cache.delete(oldest);
    cachedChars -= chars;
  }
  return compiled;
}

function compile(schema: JsonObject): Compiled {
  const untested: string[] = [];
  const refused = (fault: string): Compiled => ({ fault: fault.slice(0, 300), untested });
  const fault = kindFault(schema);
  if (fault !== undefined) return refused(fault);
  const { elsewhere, tooMuch } = measure(schema);
  if (elsewhere !== undefined) return refused(`must not refer to anything outside itself (${elsewhere.slice(0, 100)})`);
  if (tooMuch !== undefined) return { untested: [`it ${tooMuch}`] };
  try {
    const modern = modernize(schema, untested);
    if (!meta.validateSchema(modern)) return refused(`${NO_SCHEMA}: ${meta.errorsText()}`);
    const own: Options = {
      ...OPTIONS,
      meta: false,
      validateSchema: false,
      code: { regExp: linearTimePattern(untested) },
    };
    const alone = new Ajv2020(own); // shares no schema with other tenants
    return { validate: ajvFormats.default(alone).compile(modern), untested };
  } catch (error) {
    return refused(`${NO_SCHEMA}: ${(error as Error).message}`);
  }
}

const NO_SCHEMA = 'is not JSON Schema';

function kindFault(schema: JsonObject): string | undefined {
  if (schema.type !== undefined && schema.type !== 'object') return 'must describe an object';
  return schema.$async === undefined ? undefined : 'must not be $async';
}

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];

/** Finds references to other documents, and whether there is too much to compile. */
function measure(schema: JsonObject): { elsewhere?: string; tooMuch?: string } {
  const open: { value: JsonValue; depth: number }[] = [{ value: schema, depth: 1 }];
  let [objects, deepest] = [0, 0];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    deepest = Math.max(deepest, depth);
    for (const child of Object.values(value)) open.push({ value: child, depth: depth + 1 });
    if (!Array.isArray(value)) objects += 1;
  }
  if (deepest > DEPTH_MAX) return { tooMuch: `is nested deeper than ${DEPTH_MAX}` };
  const references = referencesIn(schema);
  const elsewhere = references.find((target) => !target.startsWith('#'));
  if (elsewhere !== undefined) return { elsewhere };
  if (objects > OBJECTS_MAX) return { tooMuch: `has more than ${OBJECTS_MAX} objects` };
  return references.length > REFERENCES_MAX ? { tooMuch: `has more than ${REFERENCES_MAX} references` } : {};
}

/** The references of its schemas. In data, such as `examples`, a `$ref` is an ordinary word. */
function referencesIn(schema: JsonObject): string[] {
  const own = REFERENCES.map((keyword) => schema[keyword]).filter((target) => typeof target === 'string');
  return [...own, ...subschemasOf(schema).flatMap((one) => referencesIn(one))];
}

interface Pattern {
  test(text: string): boolean;
  /** Ajv takes patterns with the same text for one. */
  toString(): string;
}

/** Compiles patterns for RE2. One that RE2 cannot run matches everything, and is named. */
function linearTimePattern(untested: string[]) {
  const engine = (pattern: string): Pattern => {
    try {
      const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
      return { test: (text) => compiled.test(text), toString: () => pattern };
    } catch {
      const what = `the pattern ${pattern.slice(0, 100)} ${UNTESTED}`;
      if (!untested.includes(what)) untested.push(what);
      return { test: () => true, toString: () => pattern };
    }
  };
  return Object.assign(engine, { code: 'new RegExp' });
}

function faultOf(error: ErrorObject | undefined): Fault {
  const { instancePath = '', keyword, params = {}, message = 'does not fit' } = error ?? {};
  const at = instancePath.split('/').slice(1).map(unescaped);
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<string, string | undefined>;
  const unknown = additionalProperty ?? unevaluatedProperty;
  if (keyword === 'required' && missingProperty !== undefined)
    return { path: [...at, missingProperty], message: 'is required' };
  if (unknown !== undefined) return { path: [...at, unknown], message: 'is not a known field' };
  return { path: at, message: message.slice(0, 300) };
}

/** Decodes a part of a JSON pointer (RFC 6901). */
const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
