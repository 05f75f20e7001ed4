import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The state that one start leaves for the next, and for `npm run demo`. */
export interface LocalState {
  port: number;
  apiKey: string;
  agentKey: string;
  identityId: string;
  smtpPort: number;
  mailPort: number;
  /** Part of the address of the mail. */
  mailKey: string;
}

const fileOf = (dataDir: string) => join(dataDir, 'local.json');

export function readState(dataDir: string): Partial<LocalState> {
  try {
    return JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Partial<LocalState>;
  } catch {
    return {};
  }
}

/** Contains keys, so only its owner can read it. Replaced atomically, so it is always complete. */
export function writeState(dataDir: string, state: LocalState): void {
  const unfinished = `${fileOf(dataDir)}.new`;
  writeFileSync(unfinished, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, fileOf(dataDir));
}
