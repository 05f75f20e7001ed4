import { createInterface } from 'node:readline/promises';
import type { DispatchReply, ResumeDispatchReply } from '@proviso/contracts';
import type { Command } from 'commander';
import { CliError, usageError } from '../failure.ts';
import { clean, print, printJson, table } from '../output.ts';
import { outputOf } from '../output-of.ts';
import { request } from '../request.ts';

type Hold = NonNullable<DispatchReply['hold']>;

interface ResumeOptions {
  all?: true;
  none?: true;
  run?: string[];
  yes?: true;
}

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('after a restore: show what would run, ask what may, and let actions start again; for operators')
    .option('--all', 'the database is current: everything may run')
    .option('--none', 'nothing of what was due: it returns to review')
    .option('--run <id...>', 'only these of what was due: the rest returns to review')
    .option('--yes', 'do not ask; needed if there is no terminal')
    .action(async (options: ResumeOptions, command: Command) => {
      const { json } = outputOf(command);
      const dispatch = await request<DispatchReply>('GET', '/v1/dispatch');
      const { hold } = dispatch;
      const run = runOf(options);
      if (!hold || !run)
        return json ? printJson(dispatch) : print(hold ? shown(dispatch, hold) : 'Dispatch is not held.');
      if (!options.yes) await assertAgreed(dispatch, hold, run);
      const done = await request<ResumeDispatchReply>('POST', '/v1/dispatch/resume', { epoch: hold.epoch, run });
      if (json) return printJson(done);
      print(
        `Actions start again. ${done.returned_to_review} returned to review, ${done.outcome_unknown} may have happened, ${done.marked} that wait are marked.`,
      );
    });
}

/** Undefined = only show. */
function runOf({ all, none, run }: ResumeOptions): 'all' | 'none' | string[] | undefined {
  if ([all, none, run].filter((given) => given !== undefined).length > 1)
    throw usageError('Give one of --all, --none and --run.');
  return all ? 'all' : none ? 'none' : run;
}

function shown({ actions, total_items }: DispatchReply, hold: Hold): string {
  const rows = table(actions, {
    id: ({ action_id }) => action_id,
    type: ({ type }) => type,
    workspace: ({ workspace }) => workspace,
    'acts as': ({ identity }) => identity,
    what: ({ what }) => what,
    due: ({ due_at }) => due_at,
    'if it ran': ({ may_repeat, wake_up_handled }) =>
      wake_up_handled ? 'it probably did' : may_repeat ? 'repeats it' : 'no harm',
  });
  return [
    clean(hold.message),
    '',
    `Held since ${hold.since}. The database is as of about ${hold.database_as_of}.`,
    `The lost history ran until ${hold.lost_until ?? 'an unknown time'}.`,
    '',
    ...(total_items === 0 ? ['Nothing was due or running.'] : [`Due or running: ${total_items}`, '', rows]),
    ...(total_items > actions.length ? [`… and ${total_items - actions.length} more`] : []),
    '',
    'Choose --none, --run <id...>, or --all if you know that the database is current.',
  ].join('\n');
}

const CONSEQUENCE = {
  all: 'Everything that was due will run, whether or not it ran before.',
  none: 'Nothing that was due will run: it returns to review.',
};

async function assertAgreed(dispatch: DispatchReply, hold: Hold, run: 'all' | 'none' | string[]): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usageError('There is no terminal to ask at. Read what would run with proviso resume, then add --yes.');
  const consequence = typeof run === 'string' ? CONSEQUENCE[run] : `Only ${run.length} of what was due will run.`;
  process.stderr.write(`${shown(dispatch, hold)}\n\n${consequence}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Resume? [y/N] ');
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('Nothing was resumed.', 1);
}
