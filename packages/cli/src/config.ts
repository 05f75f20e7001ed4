import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { notAllowed } from './failure.ts';

/** `npm run docs` writes the descriptions into docs/configuration.md. */
export const environment = z.object({
  PROVISO_URL: z
    .string()
    .optional()
    .meta({ description: 'the address of the api', absent: 'what `proviso login` saved' }),
  PROVISO_TOKEN: z
    .string()
    .optional()
    .meta({ description: 'a key or a personal credential', absent: 'what `proviso login` saved' }),
  PROVISO_WORKSPACE: z
    .string()
    .optional()
    .meta({ description: 'the id of the workspace to act in', absent: 'what `proviso login` saved' }),
  XDG_CONFIG_HOME: z
    .string()
    .optional()
    .meta({ description: 'the directory of `proviso/login.json`', absent: '`~/.config`' }),
});

const saved = z.object({ url: z.string(), token: z.string(), workspace: z.string().optional() });
export type Login = z.output<typeof saved>;

const environmentNow = () =>
  environment.parse(Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== '')));

const loginFile = (): string =>
  path.join(environmentNow().XDG_CONFIG_HOME ?? path.join(homedir(), '.config'), 'proviso', 'login.json');

/** Where to, and as whom. The environment overrides what `proviso login` saved. Throws if there is neither. */
export function readLogin(): Login {
  const { PROVISO_URL: url, PROVISO_TOKEN: token, PROVISO_WORKSPACE: workspace } = environmentNow();
  const file = loginFile();
  const known = existsSync(file) ? saved.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const login = saved.safeParse({
    url: url ?? known.url,
    token: token ?? known.token,
    ...((workspace ?? known.workspace) && { workspace: workspace ?? known.workspace }),
  });
  if (login.success) return login.data;
  throw notAllowed('You are not signed in. Run proviso login, or set PROVISO_URL and PROVISO_TOKEN.');
}

/** Saves the login so that only this user of the machine can read it. */
export function saveLogin(login: Login): string {
  const file = loginFile();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600); // the mode above counts only for a new file
  return file;
}

export const forgetLogin = (): void => rmSync(loginFile(), { force: true });

/** The variables that the doctor checks, as the api and the worker read them. */
export const instanceEnvironment = (): NodeJS.ProcessEnv => process.env;
