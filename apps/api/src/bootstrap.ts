// `npm run bootstrap`: makes the first workspace with its owner's token, once, and gives a token to owners who cannot sign in.
// Each is printed once and kept as a hash.
import { bootstrap, checkMigrated, createKeyRingFile, newToken, openDatabase, recoverOwners } from '@proviso/core';
import { nextSteps } from './next-steps.ts';

const { DATABASE_URL: url, PROVISO_API_KEY, PROVISO_AGENT_KEY, PROVISO_SECRET_KEYS_FILE: keysFile } = process.env;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

try {
  if (!url) throw new Error('Set DATABASE_URL.');
  if (keysFile) createKeyRingFile(keysFile);
  const db = openDatabase({ url, poolMax: 1, name: 'proviso-bootstrap' });
  await checkMigrated(db);
  const known = await db.tables.members.count({ where: { role: 'owner' } });
  const apiKey = PROVISO_API_KEY || (known === 0 ? newToken() : undefined);
  const { workspaceId, created } = await bootstrap(db, { apiKey, agentKey: PROVISO_AGENT_KEY || undefined });
  const recovered = await recoverOwners(db);
  await db.close();
  say(created ? `Made the workspace ${workspaceId}.` : `The workspace ${workspaceId} is there already.`);
  if (created && !PROVISO_API_KEY) say(`The owner's token, shown this once: ${apiKey}`);
  for (const { workspaceName, workspaceId: id, email, token } of recovered)
    say(
      `No owner of ${workspaceName} (${id}) could sign in. A token for its owner ${email}, shown this once: ${token}`,
    );
  if (created) say(nextSteps(`http://127.0.0.1:${process.env.PORT || 3000}`));
} catch (error) {
  process.stderr.write(`bootstrap: ${(error as Error).message}\n`);
  process.exit(1);
}
