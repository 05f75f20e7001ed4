import type { JsonObject, JsonValue, Preview } from '@proviso/contracts';
import { assertNoTransaction } from '../platform/db.ts';
import { hashJson, sameJson } from '../platform/canonical.ts';
import type { Executor, LookupContext, IdentityView } from './executor.ts';
import { toolVersionOf } from './tool.ts';
import { readablePreview } from '../preview/readable-preview.ts';
import type { ActionRow } from '../action/row.ts';

/** What people see, and the tool that it was rendered for. */
export type RenderedPreview = Pick<ActionRow, 'tool_version' | 'definition_hash'> & { preview: Preview };

/** Renders the current preview from final params and from what the executor finds. */
export async function renderPreview(
  executor: Executor,
  params: JsonObject,
  lookup: LookupContext,
): Promise<RenderedPreview> {
  if (executor.readCurrent) assertNoTransaction(`The provider of ${executor.type}`);
  const current = (await executor.readCurrent?.(params, lookup)) ?? {};
  const definition = executor.definition?.(current);
  return {
    preview: readablePreview(previewWithSummary(executor, params, { identity: lookup.identity, current })),
    tool_version: toolVersionOf(executor),
    definition_hash: definition === undefined ? null : hashJson(definition),
  };
}

function previewWithSummary(
  executor: Executor,
  params: JsonObject,
  found: { identity: IdentityView | null; current: JsonObject },
): Preview {
  const preview = executor.preview(params, found);
  return { ...preview, summary: executor.summary?.(params, found) ?? preview.title };
}

/**
 * Renders the preview while the provider cannot be asked. It says what is missing, and is rendered again before it can
 * be approved.
 */
export function renderIncompletePreview(
  executor: Executor,
  params: JsonObject,
  { identity, why }: { identity: IdentityView | null; why: string },
): RenderedPreview {
  const { warnings = [], ...preview } = previewWithSummary(executor, params, { identity, current: {} });
  const missing = `Some of this could not be looked up: ${why} It must be looked up and shown again before it can be approved.`;
  return {
    preview: readablePreview({ ...preview, warnings: [missing, ...warnings] }),
    tool_version: toolVersionOf(executor),
    definition_hash: null,
  };
}

/** SHA-256, hex, of the preview that people see; null without one. */
export const cardDigestOf = ({ preview }: Pick<ActionRow, 'preview'>): string | null =>
  preview && hashJson(preview as unknown as JsonObject);

/** The labels of the fields in which two previews differ. */
export function changedFields(before: Preview | null, now: Preview): string[] {
  const at = (preview: Preview | null, label: string): JsonValue =>
    preview?.fields.find((field) => field.label === label)?.value ?? null;
  const labels = new Set([...(before?.fields ?? []), ...now.fields].map(({ label }) => label));
  return [...labels].filter((label) => !sameJson(at(before, label), at(now, label)));
}
