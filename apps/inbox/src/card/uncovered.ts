// The params that a card does not show: they are listed below it, never hidden. Held by
// apps/inbox/test/unit/uncovered.test.ts.
import type { JsonObject, JsonValue, Preview } from '@proviso/contracts';

export interface Leaf {
  /** Such as `tags.0.name`. */
  path: string;
  value: JsonValue;
}

/** Every value of the params, each with where it stands. */
export function leavesOf(value: JsonValue, path = ''): Leaf[] {
  const inside = (key: string): string => (path ? `${path}.${key}` : key);
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, inside(String(index))));
  if (value !== null && typeof value === 'object')
    return Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([key, child]) => leavesOf(child, inside(key)));
  return [{ path, value }];
}

/** A text is shown where it stands in a text of the card, letter for letter; any other value where a field has it. */
export function uncovered(params: JsonObject, preview: Preview | null): Leaf[] {
  if (!preview) return leavesOf(params);
  const values = preview.fields.flatMap(({ value }) => leavesOf(value).map((leaf) => leaf.value));
  const { body } = preview;
  const texts = [preview.title, ...values, ...(body ? ['text' in body ? body.text : body.html] : [])].filter(
    (value) => typeof value === 'string',
  );
  const isShown = ({ value }: Leaf): boolean =>
    typeof value === 'string' && value !== '' ? texts.some((text) => text.includes(value)) : values.includes(value);
  return leavesOf(params).filter((leaf) => !isShown(leaf));
}
