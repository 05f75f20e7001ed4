import { STATUSES, type Status } from '@proviso/contracts';
import { Option, type Command } from 'commander';
import { ACTION_COLUMNS, actionText } from '../action-text.ts';
import { clean, print, printJson, printJsonLine, printList } from '../output.ts';
import { outputOf } from '../output-of.ts';
import { clientNow } from '../request.ts';
import { approve, reject, type DecideOptions } from '../decide.ts';
import { propose, type ProposeOptions } from '../propose.ts';

interface ListOptions {
  status?: Status[];
  type?: string[];
  limit: string;
}

const waitOption = (): Option =>
  new Option('--wait [seconds]', 'wait until it has ended, 60 s by default; exits with 7 or 8 if it did not complete');

export function addActions(program: Command): void {
  const actions = program.command('actions').description('what agents propose, and what becomes of it');
  addReading(actions);
  actions
    .command('propose')
    .description('propose an action')
    .requiredOption('--type <type>', 'the action type')
    .requiredOption('--params <json>', 'JSON, or @file, or - for standard input')
    .option('--identity <id>', 'the account to act as')
    .option('--description <text>', 'why, for the reviewer')
    .option('--require-approval', 'a person has to approve it')
    .addOption(waitOption())
    .action((options: ProposeOptions, command: Command) => propose(options, outputOf(command)));
  actions
    .command('approve <id>')
    .description('show the action, ask, and approve exactly what was shown')
    .option('--yes', 'do not ask; needed if there is no terminal')
    .option('--hash <params_hash>', 'approve only if this is the hash of the params')
    .option('--comment <text>', 'a comment for the log')
    .addOption(waitOption())
    .action((id: string, options: DecideOptions, command: Command) => approve(id, options, outputOf(command)));
  actions
    .command('reject <id>')
    .description('reject an action')
    .option('--comment <text>', 'why, for the agent')
    .action((id: string, options: DecideOptions, command: Command) => reject(id, options, outputOf(command)));
}

function addReading(actions: Command): void {
  actions
    .command('list')
    .description('list actions, newest first')
    .addOption(new Option('--status <status...>', 'only these').choices(STATUSES))
    .option('--type <type...>', 'only these')
    .option('--limit <count>', 'at most this many', '50')
    .action(async ({ status, type, limit }: ListOptions, command: Command) => {
      const found = [];
      const query = { ...(status && { status }), ...(type && { type }) };
      for await (const action of clientNow().actions.each(query)) {
        if (found.length >= Number(limit)) break;
        found.push(action);
      }
      printList(outputOf(command), found, ACTION_COLUMNS);
    });
  actions
    .command('get <id>')
    .description('show an action with its preview and log')
    .action(async (id: string, _options, command: Command) => {
      const action = await clientNow().actions.get(id);
      if (outputOf(command).json) printJson(action);
      else print(actionText(action));
    });
  actions
    .command('tail')
    .description('print events as they happen, until interrupted')
    .option('--type <type...>', 'only these action types')
    .action(async ({ type }: { type?: string[] }, command: Command) => {
      const { json } = outputOf(command);
      for await (const item of clientNow().events()) {
        if (!('action' in item) || (type && !type.includes(item.action.type))) continue;
        const { event, action } = item;
        if (json) printJsonLine({ event, action });
        else
          print(clean([event.at, action.action_id, action.type, item.name, event.status, event.actor.name].join('  ')));
      }
    });
}
