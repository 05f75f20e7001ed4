import { z } from 'zod';

/** The prefixes of ids on /v1; the database stores bare UUIDs. */
export const ID_PREFIX = {
  action: 'act',
  contact: 'ct',
  company: 'co',
  identity: 'id',
  agent: 'agt',
  run: 'run',
  note: 'note',
  task: 'task',
  thread: 'thr',
  key: 'key',
  user: 'usr',
  invitation: 'inv',
  session: 'ses',
  view: 'view',
  gateway: 'gw',
  webhook: 'wh',
  delivery: 'whd',
  hold: 'hold',
  erasure: 'ers',
} as const;
export type IdKind = keyof typeof ID_PREFIX;

/** A UUID in Crockford's base 32. */
const SUFFIX = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** An id as /v1 formats it: `act_01h455vb4pex5vsknk084sn02q`. */
export const prefixedId = (kind: IdKind) => z.string().meta({ pattern: `^${ID_PREFIX[kind]}_${SUFFIX}$` });
export const idOrUuidPattern = (kind: IdKind): string => `^(${ID_PREFIX[kind]}_${SUFFIX}|${UUID})$`;
/** An id in either form, prefixed or a bare UUID. The verb parses it and reports faults. */
export const idOrUuid = (kind: IdKind) =>
  z
    .string()
    .min(1)
    .max(64)
    .meta({ pattern: idOrUuidPattern(kind) });
/** Workspaces and missions have bare UUIDs, as everything has in the second dialect. */
export const bareUuid = z.string().meta({ format: 'uuid' });
