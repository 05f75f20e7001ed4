import type { Identity, Verification } from '@proviso/contracts';
import type { Command } from 'commander';
import { failed } from '../failure.ts';
import { clean, print, printJson, printList } from '../output.ts';
import { outputOf } from '../output-of.ts';
import { request, requestAll } from '../request.ts';

export function addIdentities(program: Command): void {
  const identities = program.command('identities').description('accounts that actions act as');
  identities
    .command('list')
    .description('list the identities')
    .action(async (_options, command: Command) =>
      printList(outputOf(command), await requestAll<Identity>('/v1/identities', 'identities'), {
        id: ({ identity_id }) => identity_id,
        provider: ({ provider }) => provider,
        name: ({ name }) => name,
        status: ({ status }) => status,
      }),
    );
  identities
    .command('verify <id>')
    .description('sign in to the account now, and say whether that works')
    .action(async (id: string, _options, command: Command) => {
      const path = `/v1/identities/${encodeURIComponent(id)}/verify`;
      const { verification } = await request<{ verification: Verification }>('POST', path);
      if (outputOf(command).json) printJson(verification);
      if (!verification.ok) throw failed(verification.message);
      if (!outputOf(command).json) print(clean(`${verification.account} answers.`));
    });
}
