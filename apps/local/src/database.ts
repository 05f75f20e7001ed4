import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureDatabase, ensurePostgres, type PostgresServer, stopPostgres } from '@proviso/local-server/postgres';
import { type LocalConfig, root } from './config.ts';
import { type Teardown } from './teardown.ts';

const watchMs = 5_000;

/** The URL of the database: DATABASE_URL, or one on an embedded server, which is stopped at the end. */
export async function openLocalDatabase(
  config: LocalConfig,
  teardown: Teardown,
  say: (line: string) => void,
): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const server = await ensurePostgres({ dataDir: join(config.dataDir, 'postgres') });
  // Also stops an adopted server, which a killed start left running.
  await teardown.add(() => stopPostgres(server.dataDir));
  await teardown.add(watch(server, say));
  return ensureDatabase(server, 'proviso');
}

/** Restarts the server if it is killed. Returns a function that ends the watch. */
function watch({ dataDir, port }: PostgresServer, say: (line: string) => void): () => Promise<void> {
  let look = Promise.resolve();
  const timer = setInterval(() => {
    look = ensurePostgres({ dataDir, port }).then(
      (server) => {
        if (!server.adopted) say('PostgreSQL had stopped and has been restarted');
      },
      (error: Error) => say(error.message),
    );
  }, watchMs);
  return async () => {
    clearInterval(timer);
    await look;
  };
}

/** Runs in a separate process: the migration engine is large and needed only once. */
export async function migrate(url: string): Promise<void> {
  const env = { ...process.env, DATABASE_URL: url };
  try {
    await promisify(execFile)(process.execPath, [join(root, 'tools/migrate.mjs')], { cwd: root, env });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(stderr?.trim() || message, { cause: error });
  }
}
