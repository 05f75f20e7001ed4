import { SCOPES, type ApiKey } from '@proviso/contracts';
import { Option, type Command } from 'commander';
import { clean, print, printJson, printList } from '../output.ts';
import { outputOf } from '../output-of.ts';
import { request, requestAll } from '../request.ts';

interface CreateOptions {
  name: string;
  scope: string[];
  agent?: string;
  decides?: true;
  expires?: string;
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('API keys');
  keys
    .command('list')
    .description('list the keys that you may see')
    .action(async (_options, command: Command) =>
      printList(outputOf(command), await requestAll<ApiKey>('/v1/api-keys', 'api_keys'), {
        id: ({ key_id }) => key_id,
        name: ({ name }) => name,
        kind: ({ kind }) => kind,
        token: ({ lookup }) => `pv_${lookup}…`,
        state: ({ revoked_at, expires_at }) => (revoked_at ? 'revoked' : expires_at ? `until ${expires_at}` : 'active'),
      }),
    );
  keys
    .command('create')
    .description('create a key; its token is printed once')
    .requiredOption('--name <name>', 'a name for people')
    .addOption(new Option('--scope <scope...>', 'what it may do').choices(SCOPES).makeOptionMandatory())
    .option('--agent <id>', 'the agent that it acts for')
    .option('--decides', 'it may approve and reject')
    .option('--expires <time>', 'RFC 3339, such as 2027-01-01T00:00:00Z')
    .action(async ({ name, scope, agent, decides, expires }: CreateOptions, command: Command) => {
      const body = {
        name,
        scopes: scope,
        ...(agent && { agent_id: agent }),
        ...(decides && { decides }),
        ...(expires && { expires_at: expires }),
      };
      const { token, api_key } = await request<{ token: string; api_key: ApiKey }>('POST', '/v1/api-keys', body);
      if (outputOf(command).json) printJson({ token, api_key });
      else print(`${token}\n\nThis is the only time that the token of ${clean(api_key.name)} is shown.`);
    });
  keys
    .command('revoke <id>')
    .description('revoke a key and all that it created')
    .action(async (id: string, _options, command: Command) => {
      const reply = await request('DELETE', `/v1/api-keys/${encodeURIComponent(id)}`);
      if (outputOf(command).json) printJson(reply);
      else print('Revoked.');
    });
}
