import { CommanderError } from 'commander';
import { exitCodeOf, messageOf, USAGE } from './failure.ts';
import { createProgram } from './program.ts';

process.stdout.on('error', () => process.exit(0)); // the reader of a pipe has enough, as in `proviso actions list | head`
try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else {
    process.stderr.write(`proviso: ${messageOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
