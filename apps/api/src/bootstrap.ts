// `npm run bootstrap`: creates the first workspace and its owner's token, once. Owners who cannot sign in get a new
// token. A token, and the link that signs in the first owner, is printed once and stored as a hash.
import {
  bootstrap,
  checkMigrated,
  createKeyRingFile,
  createSignInLink,
  newToken,
  openDatabase,
  readEnvironment,
  recoverOwners,
} from '@proviso/core';
import { z } from 'zod';
import { API_ENVIRONMENT, BOOTSTRAP_ENVIRONMENT } from './config.ts';
import { nextSteps } from './next-steps.ts';

const { DATABASE_URL: url } = process.env;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

try {
  if (!url) throw new Error('DATABASE_URL is not set. Set it to postgresql://user:password@host:5432/database.');
  const {
    PORT: port,
    PROVISO_API_KEY,
    PROVISO_AGENT_KEY,
    PROVISO_SECRET_KEYS_FILE: keysFile,
  } = readEnvironment(z.object({ PORT: API_ENVIRONMENT.PORT, ...BOOTSTRAP_ENVIRONMENT }), process.env);
  if (keysFile) createKeyRingFile(keysFile);
  const db = openDatabase({ url, poolMax: 1, name: 'proviso-bootstrap' });
  await checkMigrated(db);
  const known = await db.tables.members.count({ where: { role: 'owner' } });
  const apiKey = PROVISO_API_KEY || (known === 0 ? newToken() : undefined);
  const { workspaceId, created, ownerId } = await bootstrap(db, { apiKey, agentKey: PROVISO_AGENT_KEY });
  const recovered = await recoverOwners(db);
  const link = await createSignInLink(db, ownerId);
  await db.close();
  say(created ? `Created the workspace ${workspaceId}.` : `The workspace ${workspaceId} already exists.`);
  if (created && !PROVISO_API_KEY) say(`The owner's token, shown only once: ${apiKey}`);
  for (const { workspaceName, workspaceId: id, email, token } of recovered)
    say(
      `No owner of ${workspaceName} (${id}) can sign in. A new token for its owner ${email}, shown only once: ${token}`,
    );
  const address = `http://127.0.0.1:${port}`;
  say(`Sign in as the owner, once, within 15 minutes: ${address}/welcome#token=${link}`);
  if (created) say(nextSteps(address));
} catch (error) {
  process.stderr.write(`bootstrap: ${(error as Error).message}\n`);
  process.exit(1);
}
