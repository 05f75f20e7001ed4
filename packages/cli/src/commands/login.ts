import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { forgetLogin, readLogin, saveLogin } from '../config.ts';
import { usageError } from '../failure.ts';
import { clean, print, printJson } from '../output.ts';
import { outputOf } from '../output-of.ts';
import { request } from '../request.ts';

interface AuthStatus {
  workspace_id: string;
  role: string;
  auth_type: string;
  user: { name: string; email: string } | null;
}

export function addLogin(program: Command): void {
  program
    .command('login')
    .description('check a token and save it for this user of the machine; the token is read from standard input')
    .requiredOption('--url <url>', 'the address of the service, such as https://proviso.example.com')
    .option('--workspace <id>', 'the workspace of later calls, for a token with several')
    .action(async ({ url, workspace }: { url: string; workspace?: string }, command: Command) => {
      if (!URL.canParse(url))
        throw usageError(`${url} is not an address. Give one such as https://proviso.example.com.`);
      const login = { url, token: await readToken(), ...(workspace && { workspace }) };
      const status = await request<AuthStatus>('GET', '/v1/auth/status', undefined, login);
      const file = saveLogin(login);
      if (outputOf(command).json) printJson({ ...status, file });
      else print(`${describe(status)}\nSaved in ${file}.`);
    });
  program
    .command('logout')
    .description('forget the saved token, which stays valid')
    .action(() => forgetLogin());
  program
    .command('whoami')
    .description('say who the token acts for')
    .action(async (_options, command: Command) => {
      const status = await request<AuthStatus>('GET', '/v1/auth/status');
      if (outputOf(command).json) printJson(status);
      else print(`${describe(status)}\n${readLogin().url}`);
    });
}

const describe = ({ user, role, auth_type, workspace_id }: AuthStatus): string =>
  clean(`${user ? `${user.name} <${user.email}>` : auth_type}, ${role} in workspace ${workspace_id}`);

/** Never an argument, which every process of the machine could read. At a terminal it is not shown. */
async function readToken(): Promise<string> {
  const token = process.stdin.isTTY ? await askHidden() : (await text(process.stdin)).trim();
  if (token === '') throw usageError('No token was given. Pipe it in: proviso login --url … < token.txt');
  return token;
}

async function askHidden(): Promise<string> {
  process.stderr.write('Token: ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const token = await lines.question('');
  lines.close();
  process.stderr.write('\n');
  return token.trim();
}
