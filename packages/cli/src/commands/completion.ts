import { Argument, type Command } from 'commander';
import { print } from '../output.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the completion of a shell: source <(proviso completion bash)')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) => print(shell === 'fish' ? fish(program) : bash(program, shell)));
}

interface Words {
  /** The commands before it, such as `actions list`. */
  path: string;
  words: string[];
}

/** What may follow each command: its commands and long options. */
function wordsOf(command: Command, path: string[] = []): Words[] {
  const options = command.options.flatMap(({ long }) => long ?? []);
  const words = [...command.commands.map((one) => one.name()), ...options, '--help'];
  return [{ path: path.join(' '), words }, ...command.commands.flatMap((one) => wordsOf(one, [...path, one.name()]))];
}

function bash(program: Command, shell: 'bash' | 'zsh'): string {
  const cases = wordsOf(program).map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`);
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_proviso() {',
    '  local at path= words=',
    '  for ((at = 1; at < COMP_CWORD && at < 3; at++)); do',
    '    [[ ${COMP_WORDS[at]} == -* ]] || path="${path:+$path }${COMP_WORDS[at]}"',
    '  done',
    '  case "$path" in',
    ...cases,
    `    *) words='' ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -F _proviso proviso',
  ].join('\n');
}

function fish(program: Command): string {
  const lines = wordsOf(program).flatMap(({ path, words }) => {
    const seen = path.split(' ').filter(Boolean);
    const here =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map((one) => `__fish_seen_subcommand_from ${one}`).join('; and ');
    return words.map(
      (word) => `complete -c proviso -f -n '${here}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}`,
    );
  });
  return lines.join('\n');
}
