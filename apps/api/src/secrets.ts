// `npm run secrets -- rotate` and `-- status`: moves all secrets to the first key, and reports what each key encrypts.
import {
  checkMigrated,
  countSealed,
  loadKeyRing,
  openDatabase,
  rotateSecrets,
  type Database,
  type KeyRing,
} from '@proviso/core';

const { DATABASE_URL: url, PROVISO_SECRET_KEYS: keys, PROVISO_SECRET_KEYS_FILE: file } = process.env;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function status(db: Database, ring: KeyRing): Promise<boolean> {
  const counts = await countSealed(db);
  const [first] = ring.keys();
  for (const id of new Set([...ring.keys(), ...counts.keys()])) {
    const count = `${counts.get(id) ?? 0} sealed`;
    if (!ring.has(id)) say(`${id}: ${count}, and the key is not in PROVISO_SECRET_KEYS`);
    else if (id === first) say(`${id}: ${count}; it seals new secrets`);
    else say(`${id}: ${count}${counts.has(id) ? '' : '; the key can be removed'}`);
  }
  return [...counts.keys()].every((id) => ring.has(id));
}

async function rotate(db: Database, ring: KeyRing): Promise<boolean> {
  const { stuck } = await rotateSecrets(db, ring, (so) =>
    say(`${so.resealed} re-sealed, ${so.stuck} cannot be opened`),
  );
  await status(db, ring);
  return stuck === 0;
}

const COMMANDS: Record<string, typeof rotate> = { rotate, status };

try {
  const command = COMMANDS[process.argv[2] ?? ''];
  if (!command) throw new Error('Usage: npm run secrets -- rotate, or npm run secrets -- status.');
  if (!url) throw new Error('DATABASE_URL is not set. Set it to postgresql://user:password@host:5432/database.');
  const ring = loadKeyRing({ keys: keys || undefined, file: file || undefined });
  const db = openDatabase({ url, poolMax: 1, name: 'proviso-secrets' });
  await checkMigrated(db);
  const succeeded = await command(db, ring);
  await db.close();
  if (!succeeded) process.exit(1);
} catch (error) {
  process.stderr.write(`secrets: ${(error as Error).message}\n`);
  process.exit(1);
}
