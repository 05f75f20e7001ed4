import { Command } from 'commander';
import { addActions } from './commands/actions.ts';
import { addCompletion } from './commands/completion.ts';
import { addDoctor } from './commands/doctor.ts';
import { addIdentities } from './commands/identities.ts';
import { addKeys } from './commands/keys.ts';
import { addLogin } from './commands/login.ts';
import { addMembers } from './commands/members.ts';
import { addResume } from './commands/resume.ts';

/** Every command, in one list. */
const COMMANDS = [addLogin, addActions, addKeys, addIdentities, addMembers, addDoctor, addResume, addCompletion];

export function createProgram(): Command {
  const program = new Command('proviso')
    .description('Read, propose and decide actions, and look after an instance.')
    .option('--json', 'print JSON; the default when the output is not a terminal')
    .addHelpText('after', '\nExit codes and examples are in docs/cli.md.')
    .exitOverride();
  for (const add of COMMANDS) add(program);
  return program;
}
