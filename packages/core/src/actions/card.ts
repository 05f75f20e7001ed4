import type { JsonObject, JsonValue, Preview } from '@proviso/contracts';
import { assertNoTransaction } from '../db.ts';
import { hashJson, sameJson } from '../canonical.ts';
import type { Executor, LookupContext, ShownIdentity } from '../execution/executor.ts';
import { toolVersionOf } from '../execution/find-executor.ts';
import { readablePreview } from '../preview/readable-preview.ts';
import type { ActionRow } from './row.ts';

/** What people see, and the tool that it was drawn for. */
export type Card = Pick<ActionRow, 'tool_version' | 'definition_hash'> & { preview: Preview };

/** The card as it is now: the executor draws it from final params and from what it finds. */
export async function drawCard(executor: Executor, params: JsonObject, lookup: LookupContext): Promise<Card> {
  if (executor.look) assertNoTransaction(`The provider of ${executor.type}`);
  const seen = (await executor.look?.(params, lookup)) ?? {};
  const definition = executor.definition?.(seen);
  return {
    preview: readablePreview(executor.preview(params, { identity: lookup.identity, seen })),
    tool_version: toolVersionOf(executor),
    definition_hash: definition === undefined ? null : hashJson(definition),
  };
}

/** The card while the far side cannot be asked: it says what is missing, and is drawn again before it can be approved. */
export function drawUnseen(
  executor: Executor,
  params: JsonObject,
  { identity, why }: { identity: ShownIdentity | null; why: string },
): Card {
  const { warnings = [], ...preview } = executor.preview(params, { identity, seen: {} });
  const missing = `Some of this could not be looked up: ${why} It must be looked up and shown again before it can be approved.`;
  return {
    preview: readablePreview({ ...preview, warnings: [missing, ...warnings] }),
    tool_version: toolVersionOf(executor),
    definition_hash: null,
  };
}

/** The labels under which two cards differ. */
export function differences(before: Preview | null, now: Preview): string[] {
  const at = (card: Preview | null, label: string): JsonValue =>
    card?.fields.find((field) => field.label === label)?.value ?? null;
  const labels = new Set([...(before?.fields ?? []), ...now.fields].map(({ label }) => label));
  return [...labels].filter((label) => !sameJson(at(before, label), at(now, label)));
}
