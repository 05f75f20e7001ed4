// A tool's JSON Schema as a form draws it. Held by apps/inbox/test/unit/draw-schema.test.ts.
import type { JsonObject, JsonValue } from '@proviso/contracts';
import { isObject } from './edit-fields.ts';

/** Keywords whose values are schemas by name: a param called `pattern` is no pattern. */
const SCHEMAS_BY_NAME = ['properties', '$defs', 'definitions', 'dependentSchemas'];
/** Keywords whose values are data. */
const DATA = ['enum', 'const', 'default', 'examples', 'required'];

/**
 * A regular expression of a tool may take forever, and here it would take the page with it. The service checks what is
 * sent against all of the schema.
 */
export function withoutPatterns(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(withoutPatterns);
  if (!isObject(schema)) return schema;
  // Names that a pattern allowed are not refused for want of it.
  const dropped = ['pattern', ...('patternProperties' in schema ? ['patternProperties', 'additionalProperties'] : [])];
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !dropped.includes(keyword))
      .map(([keyword, value]) => {
        if (DATA.includes(keyword)) return [keyword, value];
        if (SCHEMAS_BY_NAME.includes(keyword) && isObject(value)) return [keyword, mapValues(value, withoutPatterns)];
        return [keyword, withoutPatterns(value)];
      }),
  );
}

/** The schema with a property for each value that it does not mention, so that the form draws every field. */
export function coverValue(schema: JsonObject, value: JsonObject): JsonObject {
  const known = isObject(schema.properties) ? schema.properties : {};
  const properties = Object.entries(value).map(([name, inside]): [string, JsonValue] => {
    const property = Object.hasOwn(known, name) ? known[name] : undefined;
    if (property === undefined) return [name, schemaOf(inside)];
    const isPlain = isObject(property) && property.type === 'object' && isObject(inside);
    return [name, isPlain ? coverValue(property, inside) : property];
  });
  return { ...schema, type: 'object', properties: { ...known, ...Object.fromEntries(properties) } };
}

function schemaOf(value: JsonValue): JsonObject {
  if (Array.isArray(value)) return { type: 'array', items: schemaOf(value[0] ?? '') };
  if (isObject(value)) return { type: 'object', properties: mapValues(value, schemaOf) };
  if (typeof value === 'number' || typeof value === 'boolean') return { type: typeof value };
  return { type: value === null ? ['string', 'null'] : 'string' };
}

const mapValues = (object: JsonObject, change: (value: JsonValue) => JsonValue): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
