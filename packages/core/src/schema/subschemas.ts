// Where a JSON Schema of any dialect contains schemas. Everything else in one is data: a `$ref` among `examples` refers
// to nothing.
import type { JsonObject, JsonValue } from '@proviso/contracts';

const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const LIST = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
const BY_NAME = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema with each schema directly inside it replaced by what `map` returns. */
export function mapSubschemas(schema: JsonObject, map: (subschema: JsonObject, path: string) => JsonValue): JsonObject {
  const mapped = (value: JsonValue, path: string): JsonValue => (isObject(value) ? map(value, path) : value);
  const entries = Object.entries(schema).map(([keyword, value]): [string, JsonValue] => {
    if (Array.isArray(value) && LIST.has(keyword))
      return [keyword, value.map((one, index) => mapped(one, `${keyword}/${index}`))];
    if (isObject(value) && BY_NAME.has(keyword)) {
      const named = Object.entries(value).map(([name, one]) => [name, mapped(one, `${keyword}/${name}`)] as const);
      return [keyword, Object.fromEntries(named)];
    }
    return [keyword, ONE.has(keyword) ? mapped(value, keyword) : value];
  });
  return Object.fromEntries(entries);
}

/** The schemas directly inside it. */
export function subschemasOf(schema: JsonObject): JsonObject[] {
  const found: JsonObject[] = [];
  mapSubschemas(schema, (one) => {
    found.push(one);
    return one;
  });
  return found;
}
