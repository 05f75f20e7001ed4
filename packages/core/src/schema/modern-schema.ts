// Reads schemas of older dialects as JSON Schema 2020-12: translates what they express differently, and drops and names
// what it does not understand. Held by input-schema.test.ts.
import type { JsonObject, JsonValue } from '@proviso/contracts';
import { mapSubschemas } from './subschemas.ts';

const DIALECTS = /^https?:\/\/json-schema\.org\/(draft-0[4-7]|draft\/(2019-09|2020-12))\/schema#?$/;
const TYPES = new Set<JsonValue>(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);
/** They check nothing, and may contain what looks like a schema. */
const DATA = ['$comment', '$recursiveAnchor', '$schema', 'default', 'description', 'example', 'examples', 'nullable'];

/** The schema in 2020-12. Adds to `untested` what was dropped, in words. */
export function modernize(schema: JsonObject, untested: string[]): JsonObject {
  const { $schema } = schema;
  if ($schema !== undefined && !(typeof $schema === 'string' && DIALECTS.test($schema)))
    untested.push(`its $schema ${quote($schema)} is not known, so it is read as JSON Schema 2020-12`);
  const { $id: _, ...others } = schema; // nothing outside refers to it
  return upgrade(others, '', untested);
}

function upgrade(schema: JsonObject, path: string, untested: string[]): JsonObject {
  const inner = mapSubschemas(schema, (one, at) => {
    const made = upgrade(one, `${path}/${at}`, untested);
    return one.nullable === true ? { anyOf: [made, { type: 'null' }] } : made; // OpenAPI's
  });
  const known = Object.entries(inner).filter(([keyword]) => !DATA.includes(keyword));
  const translated = [translateAnchors, translateBounds, translateTuples, translateReferences].reduce(
    (made, step) => step(made),
    Object.fromEntries(known),
  );
  return understood(translated, path, untested);
}

/** Anchors: a fragment in `id` up to draft-04, in `$id` up to draft-07. */
function translateAnchors({ id, ...schema }: JsonObject): JsonObject {
  const { $id = id, ...others } = schema;
  if (typeof $id === 'string' && /^#./.test($id)) return { ...others, $anchor: $id.slice(1) };
  return schema;
}

/** An exclusive bound is a boolean next to the bound, up to draft-04. */
function translateBounds(schema: JsonObject): JsonObject {
  const made = { ...schema };
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'] as const,
    ['maximum', 'exclusiveMaximum'] as const,
  ]) {
    if (typeof made[exclusive] !== 'boolean') continue;
    const isExclusive = made[exclusive] && made[bound] !== undefined;
    delete made[exclusive];
    if (!isExclusive) continue;
    made[exclusive] = made[bound] as JsonValue;
    delete made[bound];
  }
  return made;
}

/** Tuples are a list in `items`, up to 2019-09. */
function translateTuples({ additionalItems, ...schema }: JsonObject): JsonObject {
  if (!Array.isArray(schema.items)) return schema;
  const { items, ...others } = schema;
  return {
    ...others,
    ...(items.length > 0 && { prefixItems: items }),
    ...(additionalItems !== undefined && { items: additionalItems }),
  };
}

/** A reference to the outermost schema, in 2019-09. Here that is this schema. */
function translateReferences({ $recursiveRef, ...schema }: JsonObject): JsonObject {
  return $recursiveRef === undefined ? schema : { ...schema, $ref: $recursiveRef };
}

function understood(schema: JsonObject, path: string, untested: string[]): JsonObject {
  const { type, required } = schema;
  const made = { ...schema };
  const types = Array.isArray(type) ? type : [type];
  if (type !== undefined && !types.every((one) => TYPES.has(one as JsonValue))) {
    untested.push(`the type ${quote(type)} at ${path || '/'} is not a JSON Schema type`);
    delete made.type;
  }
  if (typeof required === 'boolean') {
    untested.push(`required at ${path || '/'} is not a list of names`);
    delete made.required;
  }
  return made;
}

const quote = (value: JsonValue): string => JSON.stringify(value).slice(0, 100);
