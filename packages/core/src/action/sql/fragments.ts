// Pieces of SQL that several statements on actions share.
import { CLEARED } from '@proviso/contracts';

export const sqlList = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

export const IS_CLEARED = `status in (${sqlList(CLEARED)})`;

/** Expiry limits the start: an effect that may have started is allowed to finish. */
export const MAY_BE_CLAIMED = `${IS_CLEARED} and due_at <= statement_timestamp()
        and (effect_started_at is not null or expires_at is null or expires_at > statement_timestamp())`;

/** This process has registered the type, or it is a workspace's tool, which every process runs. */
export const isKnown = (types: string): string => `(type = any(${types}) or tool_version is not null)`;
export const IS_KNOWN = isKnown(':types::text[]');
