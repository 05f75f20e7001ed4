// Envelope encryption: each secret has a fresh data key, sealed by a key of the ring. Both use AES-256-GCM with the
// record's place as associated data, so that a ciphertext moved to another row does not open. Held by secrets.test.ts.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonObject } from '@proviso/contracts';
import { AppError } from './errors.ts';

/** Key id → 256-bit key. The first encrypts, all decrypt. Empty: secrets can be neither stored nor read. */
export type KeyRing = ReadonlyMap<string, Buffer>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Parses `id:base64,…`, 32 bytes each. Throws a sentence for operators. */
export function readKeyRing(text: string): KeyRing {
  const ring = new Map<string, Buffer>();
  for (const entry of text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [id = '', encoded = ''] = entry.split(':');
    const key = Buffer.from(encoded, 'base64');
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id) || key.length !== KEY_BYTES || ring.has(id))
      throw new Error(
        'PROVISO_SECRET_KEYS must be id:base64,… with unique ids and 32 bytes per key (openssl rand -base64 32)',
      );
    ring.set(id, key);
  }
  return ring;
}

/** Writes a ring with one fresh key, readable only by its owner, unless the file exists. */
export function createKeyRingFile(path: string): void {
  if (existsSync(path)) return;
  writeFileSync(path, `k1:${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
}

/** The ring of PROVISO_SECRET_KEYS, else of the file named by PROVISO_SECRET_KEYS_FILE, else an empty one. */
export function loadKeyRing({ keys, file }: { keys?: string | undefined; file?: string | undefined }): KeyRing {
  return readKeyRing(keys ?? (file ? readFileSync(file, 'utf8') : ''));
}

function seal(key: Buffer, plain: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(key: Buffer, sealed: Buffer, place: string): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place));
  cipher.setAuthTag(tag);
  return Buffer.concat([cipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), cipher.final()]);
}

/**
 * Seals a record's secrets. `place` = table, column and row id. Format: `v1.<key id>.<sealed data key>.<sealed
 * secret>`.
 */
export function sealSecret(ring: KeyRing, secret: JsonObject, place: string): string {
  const [entry] = ring;
  if (!entry)
    throw new AppError('UNAVAILABLE', 'This instance cannot store credentials: PROVISO_SECRET_KEYS is not set.');
  const dataKey = randomBytes(KEY_BYTES);
  const sealedKey = seal(entry[1], dataKey, `${place}#key`);
  const sealed = seal(dataKey, Buffer.from(JSON.stringify(secret)), place);
  return ['v1', entry[0], sealedKey.toString('base64url'), sealed.toString('base64url')].join('.');
}

/** Opens what `sealSecret` sealed for the same place; throws otherwise. */
export function openSecret(ring: KeyRing, sealed: string, place: string): JsonObject {
  const { dataKey, secret } = openDataKey(ring, sealed, place);
  return JSON.parse(open(dataKey, Buffer.from(secret, 'base64url'), place).toString()) as JsonObject;
}

/** The same secret under the ring's first key: only its data key is sealed again. Throws if it does not open. */
export function resealSecret(ring: KeyRing, sealed: string, place: string): string {
  const { dataKey, secret } = openDataKey(ring, sealed, place);
  open(dataKey, Buffer.from(secret, 'base64url'), place); // what does not open is not worth a new seal
  const [id = '', key = dataKey] = [...ring][0] ?? [];
  return ['v1', id, seal(key, dataKey, `${place}#key`).toString('base64url'), secret].join('.');
}

function openDataKey(ring: KeyRing, sealed: string, place: string): { dataKey: Buffer; secret: string } {
  const [version, id = '', sealedKey = '', secret = ''] = sealed.split('.');
  const key = ring.get(id);
  if (version !== 'v1' || !key) throw new Error(`no key "${id}" in PROVISO_SECRET_KEYS`);
  return { dataKey: open(key, Buffer.from(sealedKey, 'base64url'), `${place}#key`), secret };
}
