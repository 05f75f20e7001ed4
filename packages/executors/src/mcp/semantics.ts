import type { JsonObject, JsonValue } from '@proviso/contracts';
import { canonicalJson, mapSubschemas } from '@proviso/core/executor';
import type { Definition } from './read-tool.ts';

/** Only for readers; a server may put a date or a counter there. */
const WORDS = ['$comment', 'deprecated', 'description', 'example', 'examples', 'title'];
/** Lists whose order does not matter. */
const SETS = ['allOf', 'anyOf', 'enum', 'oneOf', 'required', 'type'];

/** What a call of the tool means: its name, its arguments, and the declared effect. Descriptions are not part of it. */
export const semanticsOf = ({ name, input_schema, annotations }: Definition): JsonObject => ({
  name,
  input_schema: schemaMeaning(input_schema as JsonObject),
  effect: effectOf(annotations),
});

function schemaMeaning(schema: JsonObject): JsonObject {
  const parts = Object.entries(mapSubschemas(schema, schemaMeaning))
    .filter(([keyword]) => !WORDS.includes(keyword) && (!keyword.startsWith('x-') || keyword === HEADER))
    .map(([keyword, value]): [string, JsonValue] => [keyword, setOf(keyword, value)])
    .filter(([keyword, value]) => !(keyword === 'required' && Array.isArray(value) && value.length === 0));
  return Object.fromEntries(parts);
}

/** Copies an argument into a header of the call (2026 protocol). */
const HEADER = 'x-mcp-header';

function setOf(keyword: string, value: JsonValue): JsonValue {
  if (keyword === 'dependentRequired' && typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, list]) => [name, setOf('required', list)]));
  if (!SETS.includes(keyword) || !Array.isArray(value)) return value;
  const texts = [...new Set(value.map((one) => canonicalJson(one)))].toSorted();
  const set = texts.map((text) => JSON.parse(text) as JsonValue);
  return keyword === 'type' && set.length === 1 ? (set[0] as JsonValue) : set;
}

/** The hints with the protocol's defaults; a read-only tool is never destructive. */
function effectOf(annotations: JsonValue | undefined): JsonObject {
  const hints = Object(annotations) as Record<string, unknown>;
  const hint = (name: string, otherwise: boolean): boolean => (hints[name] as boolean | undefined) ?? otherwise;
  const readOnly = hint('readOnlyHint', false);
  return {
    read_only: readOnly,
    destructive: !readOnly && hint('destructiveHint', true),
    idempotent: readOnly || hint('idempotentHint', false),
    open_world: hint('openWorldHint', true),
  };
}
