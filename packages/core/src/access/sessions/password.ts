import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** OWASP's setting for 32 MiB: about 100 ms on a server, in a thread of the pool. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 64;

const derived = (password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> =>
  derive(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r });

/** Returns `scrypt$N$r$p$salt$key`, so that the cost can be raised for new passwords. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derived(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [form, N, r, p, salt = '', kept = ''] = hash.split('$');
  if (form !== 'scrypt') return false;
  const key = await derived(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  const expected = Buffer.from(kept, 'base64url');
  return key.length === expected.length && timingSafeEqual(key, expected);
}
