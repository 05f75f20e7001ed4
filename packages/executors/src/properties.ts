import type { JsonObject, JsonValue, Preview } from '@proviso/contracts';
import { givenLabel } from '@proviso/core/executor';

/** The current values of the properties that a change names; null for an absent one. */
export const namedIn = (changes: JsonObject, properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(changes).map((name) => [name, Object.hasOwn(properties, name) ? (properties[name] ?? null) : null]),
  );

/** One field per changed property, with its value when `readCurrent` read it. */
export const changeFields = (changes: JsonObject, before: JsonValue | undefined): Preview['fields'] =>
  Object.entries(changes).map(([name, value]) => ({
    label: givenLabel('properties', name),
    value,
    ...(isObject(before) && { before: before[name] ?? null }),
  }));

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
