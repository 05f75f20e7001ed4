import type { JsonObject } from '@proviso/contracts';

/** A contact's or company's properties after a change: those not named stay, and a null deletes one. */
export const mergeProperties = (into: JsonObject, changes: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries({ ...into, ...changes }).filter(([, value]) => value !== null));
