import type { JsonObject, Preview } from '@proviso/contracts';
import { readablePreview, type Executor, type ShownIdentity } from '@proviso/core/executor';

/** The card as people see it. */
export const cardOf = (
  executor: Executor,
  params: JsonObject,
  seen: { identity: ShownIdentity | null; seen?: JsonObject },
): Preview => readablePreview(executor.preview(params, seen));
