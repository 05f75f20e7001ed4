import type { JsonObject, JsonValue, Preview } from '@proviso/contracts';
import { givenLabel } from '@proviso/core/executor';

/** What the properties that a change names hold; null where there is none. */
export const namedIn = (changes: JsonObject, properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(changes).map((name) => [name, Object.hasOwn(properties, name) ? (properties[name] ?? null) : null]),
  );

/** A row a changed property, with what it held when `readCurrent` read it. */
export const changeFields = (changes: JsonObject, before: JsonValue | undefined): Preview['fields'] =>
  Object.entries(changes).map(([name, value]) => ({
    label: givenLabel('properties', name),
    value,
    ...(isObject(before) && { before: before[name] ?? null }),
  }));

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
