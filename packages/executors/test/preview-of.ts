import type { JsonObject, Preview } from '@proviso/contracts';
import { readablePreview, type Executor, type IdentityView } from '@proviso/core/executor';

/** The preview as people see it. */
export const previewOf = (
  executor: Executor,
  params: JsonObject,
  context: { identity: IdentityView | null; current?: JsonObject },
): Preview => readablePreview(executor.preview(params, context));
