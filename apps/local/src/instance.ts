import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as Core from '@proviso/core';
import { holdLock, LockHeld } from '@proviso/local-server/lock-file';
import { portFault } from '@proviso/local-server/ports';
import type { LocalConfig } from './config.ts';
import { migrate, openLocalDatabase } from './database.ts';
import { startMail } from './mail.ts';
import { type LocalState, readState, writeState } from './state.ts';
import { supervise } from './supervise.ts';
import { Stopped, type Teardown } from './teardown.ts';

export interface Instance extends LocalState {
  url: string;
  mailUrl: string;
}

export interface StartedInstance extends Instance {
  /** Signs the owner in, once. */
  signInUrl: string;
}

export interface InstanceHooks {
  say: (line: string) => void;
  /** Called when a part cannot be kept running. */
  onGivenUp: (fault: Error) => void;
}

const readyTimeoutMs = 60_000;

/**
 * Starts everything on this machine and waits until it responds. `teardown` can undo what was started, even after a
 * throw.
 */
export async function startInstance(
  config: LocalConfig,
  teardown: Teardown,
  hooks: InstanceHooks,
): Promise<StartedInstance> {
  try {
    mkdirSync(config.dataDir, { recursive: true });
    await teardown.add(await lock(config.dataDir));
    await checkPort(config.port);
    const last = readState(config.dataDir);
    const mailKey = last.mailKey ?? newMailKey();
    const mail = await startMail({ ...config, mailKey, lastPorts: last });
    await teardown.add(() => mail.close());
    const databaseUrl = await openLocalDatabase(config, teardown, hooks.say);
    const [core] = await Promise.all([import('@proviso/core'), migrate(databaseUrl)]);
    const state = await bootstrap(core, config, databaseUrl, { ...mail, mailKey });
    await runParts({ config, databaseUrl, teardown, hooks });
    writeState(config.dataDir, state);
    const addresses = addressesOf(state);
    return { ...state, ...addresses, signInUrl: await signInUrl(core, databaseUrl, addresses.url) };
  } catch (error) {
    throw explain(error, config.dataDir);
  }
}

/** A link that signs the owner in. It is valid for minutes, so it is created last. */
async function signInUrl(core: typeof Core, databaseUrl: string, url: string): Promise<string> {
  const db = core.openDatabase({ url: databaseUrl, poolMax: 1, name: 'proviso-local' });
  try {
    const { ownerId } = await core.bootstrap(db, {});
    return `${url}/welcome#token=${await core.createSignInLink(db, ownerId)}`;
  } finally {
    await db.close();
  }
}

/** The addresses of an instance and of its mail. */
export const addressesOf = ({ port, mailPort, mailKey }: Pick<LocalState, 'port' | 'mailPort' | 'mailKey'>) => ({
  url: `http://127.0.0.1:${port}`,
  mailUrl: `http://127.0.0.1:${mailPort}/${mailKey}`,
});

const newMailKey = (): string => randomBytes(24).toString('base64url');

async function lock(dataDir: string): Promise<() => void> {
  try {
    return await holdLock(join(dataDir, 'start.lock'));
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    throw new Error(
      `Proviso is already running in ${dataDir} (process ${error.pid}). Stop it, or choose another PROVISO_DATA_DIR.`,
      { cause: error },
    );
  }
}

async function checkPort(port: number): Promise<void> {
  const fault = await portFault(port);
  if (fault === undefined) return;
  if (fault === 'EADDRINUSE') {
    throw new Error(`Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`);
  }
  throw new Error(`Port ${port} cannot be used (${fault}). Choose another: PORT=3000 npm start`);
}

async function bootstrap(
  core: typeof Core,
  { dataDir, port, ...config }: LocalConfig,
  databaseUrl: string,
  mail: Pick<LocalState, 'smtpPort' | 'mailPort' | 'mailKey'>,
): Promise<LocalState> {
  const last = readState(dataDir);
  const apiKey = config.apiKey ?? last.apiKey ?? core.newToken();
  const agentKey = config.agentKey ?? last.agentKey ?? core.newToken();
  for (const [name, key] of Object.entries({ PROVISO_API_KEY: apiKey, PROVISO_AGENT_KEY: agentKey })) {
    const fault = core.tokenFault(key);
    if (fault) throw new Error(`${name} ${fault}.`);
  }
  // Written first: keys that are only in the database could never be shown again.
  const { smtpPort, mailPort, mailKey } = mail;
  writeState(dataDir, { identityId: '', ...last, port, apiKey, agentKey, smtpPort, mailPort, mailKey });
  core.createKeyRingFile(secretKeysFile(dataDir));
  const db = core.openDatabase({ url: databaseUrl, poolMax: 2, name: 'proviso-local' });
  try {
    const smtp = { host: '127.0.0.1', port: smtpPort, from: 'Proviso <agent@proviso.example>' };
    const { identityId } = await core.bootstrap(db, { apiKey, agentKey, smtp });
    if (identityId === null) throw new Error('There is no identity to send mail with.');
    return { port, apiKey, agentKey, identityId: core.formatId('identity', identityId), smtpPort, mailPort, mailKey };
  } finally {
    await db.close();
  }
}

const secretKeysFile = (dataDir: string) => join(dataDir, 'secret-keys');

interface Running {
  config: LocalConfig;
  databaseUrl: string;
  teardown: Teardown;
  hooks: InstanceHooks;
}

async function runParts({ config, databaseUrl, teardown, hooks }: Running): Promise<void> {
  const env = {
    DATABASE_URL: databaseUrl,
    PORT: String(config.port),
    PROVISO_SECRET_KEYS_FILE: secretKeysFile(config.dataDir),
    PROVISO_ALLOW_PRIVATE_ADDRESSES: 'true', // a developer's tools run on this machine
    ...(config.redisUrl === undefined ? {} : { REDIS_URL: config.redisUrl }),
  };
  const halt = new AbortController();
  const onGivenUp = (fault: Error) => {
    halt.abort(fault);
    hooks.onGivenUp(fault);
  };
  const parts = ['api', 'worker'].map((name) =>
    supervise({ name, entry: `apps/${name}/dist/main.js`, env, say: hooks.say, onGivenUp }),
  );
  await teardown.add(() => {
    halt.abort(new Stopped());
    return Promise.all(parts.map((part) => part.stop()));
  });
  await untilReady(`http://127.0.0.1:${config.port}/readyz`, halt.signal);
}

/** Throws the signal's reason if it aborts first. */
async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + readyTimeoutMs; Date.now() < deadline; await sleep(100)) {
    signal.throwIfAborted();
    const request = fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) });
    const response = await request.catch(() => undefined);
    if (response?.ok) return;
  }
  throw new Error(`${url} did not answer 200 for ${readyTimeoutMs / 1000} seconds.`);
}

function explain(error: unknown, dataDir: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new Error(`There is no space left on the disk of ${dataDir}.`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new Error(
      `${path ?? dataDir} cannot be written by this user: choose another PROVISO_DATA_DIR, or change its owner.`,
    );
  }
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new Error(`${path ?? dataDir} is not a directory.`, { cause: error });
  return error;
}
