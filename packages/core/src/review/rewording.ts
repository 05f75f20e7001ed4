// A provider's words, such as a tool's description, are on the preview but not part of what is approved. A change of
// them is shown and asks a person again once; otherwise a tool with a counter in its description could never be
// approved. Held by mcp-tool-call.test.ts.
import type { Preview } from '@proviso/contracts';
import { sameJson } from '../platform/canonical.ts';
import type { Executor } from '../executors/executor.ts';
import { changedFields, type RenderedPreview } from '../executors/render-preview.ts';

type Rendered = RenderedPreview & Record<string, unknown>;

/** Whether two previews differ only in the provider's words: its definition and everything else are the same. */
export function isRewording(executor: Executor, rendered: Rendered, before: Record<string, unknown>): boolean {
  return !!executor.definition && sameJson({ ...rendered, preview: null }, { ...before, preview: null });
}

const REWORDING_WARNING = 'The server has changed its description since the call was proposed';

export const hasRewordingWarning = (preview: Preview | null): boolean =>
  preview?.warnings?.some((warning) => warning.startsWith(REWORDING_WARNING)) ?? false;

/** The current preview, with a warning that says what changed and that further changes of words do not ask again. */
export function addRewordingWarning(before: Preview | null, now: Preview): Preview {
  const changed = changedFields(before, now).join(', ') || 'the title or the warnings';
  const warning = `${REWORDING_WARNING}: ${changed}. Another change in wording alone does not need another approval.`;
  return { ...now, warnings: [...(now.warnings ?? []), warning] };
}
