// Re-seals every record's data key under the first key of the ring, so that the other keys can be removed. Each record
// is one compare-and-set on its sealed text: a concurrent change of credentials wins, and it was sealed under the first
// key. Held by rotate-secrets.test.ts.
import type { Queryable } from './platform/db.ts';
import { statement, type NoParams, type Statement } from './platform/statement.ts';
import { AppError } from './platform/errors.ts';
import { credentialsAad } from './identities/associated-data.ts';
import { resealSecret, type KeyRing } from './platform/secrets.ts';
import { pushSubscriptionAad } from './notifications/push-subscriptions.ts';
import { pushKeyAad } from './notifications/signing-keys.ts';
import { toolSecretAad } from './tools/associated-data.ts';
import { webhookSecretAad } from './webhooks/associated-data.ts';

const BATCH = 100;

interface Sealed {
  /** Its position in the table's order. */
  cursor: string;
  owner: string;
  name: string;
  sealed: string;
}

/** A column of sealed secrets. */
interface Store {
  count: Statement<NoParams, { key: string; records: number }>;
  /** What another key than the current one sealed, after a cursor. */
  find: Statement<{ key: string; after: string }, Sealed>;
  /** Replaces a text if it is still the one that was read. */
  replace: Statement<{ owner: string; name: string; seen: string; resealed: string }, { done: 1 }>;
  place: (record: Sealed) => string;
}

interface Where {
  table: string;
  /** The sealed column. */
  column: string;
  /** The column that identifies a record in its workspace, and its type. */
  name: 'id' | 'name';
  type: 'uuid' | 'text';
}

function storeOf({ table, column, name, type }: Where, place: Store['place']): Store {
  const cursor = `(workspace_id || '/' || ${name}) collate "C"`;
  return {
    count: statement(
      `${table}_keys`,
      `
        select split_part(${column}, '.', 2) as key, count(*)::int as records
        from ${table} where ${column} is not null group by 1`,
    ),
    find: statement(
      `${table}_under_other_keys`,
      `
        select ${cursor} as cursor, workspace_id::text as owner, ${name}::text as name, ${column} as sealed
        from ${table}
        where ${column} is not null and split_part(${column}, '.', 2) <> :key and ${cursor} > :after
        order by ${cursor} limit ${BATCH}`,
    ),
    replace: statement(
      `${table}_reseal`,
      `
        update ${table} set ${column} = :resealed
        where workspace_id = :owner::uuid and ${name} = :name::${type} and ${column} = :seen returning 1 as done`,
    ),
    place,
  };
}

const STORES: Store[] = [
  storeOf({ table: 'identities', column: 'credentials', name: 'id', type: 'uuid' }, ({ name }) => credentialsAad(name)),
  storeOf({ table: 'tools', column: 'secret', name: 'name', type: 'text' }, (tool) =>
    toolSecretAad(tool.owner, tool.name),
  ),
  storeOf({ table: 'webhook_secrets', column: 'secret', name: 'id', type: 'uuid' }, ({ name }) =>
    webhookSecretAad(name),
  ),
  storeOf({ table: 'push_keys', column: 'private_key', name: 'id', type: 'uuid' }, ({ name }) => pushKeyAad(name)),
  storeOf({ table: 'push_subscriptions', column: 'sealed', name: 'id', type: 'uuid' }, ({ name }) =>
    pushSubscriptionAad(name),
  ),
];

export interface Rotation {
  resealed: number;
  /** Could not be opened with this ring. */
  stuck: number;
}

/** How many records each key has sealed. */
export async function countSealed({ query }: Queryable): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { count } of STORES)
    for (const { key, records } of await query(count, {})) counts.set(key, (counts.get(key) ?? 0) + records);
  return counts;
}

/**
 * Safe to stop, to repeat, and to run while the service runs. Reports each batch to `report`. Throws UNAVAILABLE without
 * a ring.
 */
export async function rotateSecrets(
  { query }: Queryable,
  ring: KeyRing,
  report: (rotation: Rotation) => void = () => undefined,
): Promise<Rotation> {
  const [first] = ring.keys();
  if (first === undefined)
    throw new AppError('UNAVAILABLE', 'PROVISO_SECRET_KEYS is not set: there is no key to rotate to.');
  const rotation = { resealed: 0, stuck: 0 };
  for (const { find, replace, place } of STORES) {
    for (let cursor = ''; ;) {
      const found = await query(find, { key: first, after: cursor });
      for (const record of found) {
        const text = resealed(ring, record.sealed, place(record));
        if (text === undefined) rotation.stuck += 1;
        else
          rotation.resealed += (
            await query(replace, { owner: record.owner, name: record.name, seen: record.sealed, resealed: text })
          ).length;
      }
      if (found.length > 0) report(rotation);
      if (found.length < BATCH) break;
      cursor = found.at(-1)?.cursor ?? '';
    }
  }
  return rotation;
}

function resealed(ring: KeyRing, sealed: string, place: string): string | undefined {
  try {
    return resealSecret(ring, sealed, place);
  } catch {
    return undefined;
  }
}
