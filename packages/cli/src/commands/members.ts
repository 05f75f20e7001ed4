import type { Member } from '@proviso/contracts';
import type { Command } from 'commander';
import { printList } from '../output.ts';
import { outputOf } from '../output-of.ts';
import { requestAll } from '../request.ts';

export function addMembers(program: Command): void {
  const members = program.command('members').description('people in the workspace');
  members
    .command('list')
    .description('list the members')
    .action(async (_options, command: Command) =>
      printList(outputOf(command), await requestAll<Member>('/v1/members', 'members'), {
        id: ({ user_id }) => user_id,
        name: ({ name }) => name,
        email: ({ email }) => email,
        role: ({ role }) => role,
      }),
    );
}
