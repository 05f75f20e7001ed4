// The key pair with which a workspace signs its push messages (VAPID, RFC 8292). A browser takes only messages that are
// signed with the key that it subscribed with, so the pair is made once and kept.
import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import type { Services } from '../access/context.ts';
import { newId } from '../platform/ids.ts';
import { openSecret, sealSecret } from '../platform/secrets.ts';
import { statement } from '../platform/statement.ts';

interface Row {
  id: string;
  public_key: string;
  private_key: string;
}

const GET = statement<{ workspace: string }, Row>(
  'push_keys_get',
  'select id, public_key, private_key from push_keys where workspace_id = :workspace::uuid',
);

const KEEP = statement<Row & { workspace: string }>(
  'push_keys_keep',
  `
    insert into push_keys (id, workspace_id, public_key, private_key)
    values (:id::uuid, :workspace::uuid, :public_key, :private_key) on conflict (workspace_id) do nothing`,
);

export const pushKeyAad = (id: string): string => `push_keys.private_key:${id}`;

/** What browsers subscribe with; null where nothing can be sealed. Made at the first request. */
export async function publicKeyOf(services: Services, workspace: string): Promise<string | null> {
  const { db, secrets, executors } = services;
  if (secrets.size === 0 || !executors.push) return null;
  const [kept] = await db.query(GET, { workspace });
  if (kept) return kept.public_key;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const id = newId();
  const sealed = sealSecret(secrets, privateKey.export({ format: 'jwk' }) as JsonObject, pushKeyAad(id));
  const made = { id, workspace, public_key: Buffer.concat(point).toString('base64url'), private_key: sealed };
  await db.query(KEEP, made);
  const [first] = await db.query(GET, { workspace }); // another request may have been faster
  return first?.public_key ?? null;
}

/** Throws if this process cannot open the private key. */
export async function signingKeysOf({ db, secrets }: Services, workspace: string) {
  const [kept] = await db.query(GET, { workspace });
  if (!kept) throw new Error('There is no key to sign push messages with.'); // a browser has subscribed with one
  return { publicKey: kept.public_key, privateKey: openSecret(secrets, kept.private_key, pushKeyAad(kept.id)) };
}
