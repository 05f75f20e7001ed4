import type { Command } from 'commander';
import type { Output } from './output.ts';

/** A table for a person at a terminal; JSON for everything else, or with --json. */
export const outputOf = (command: Command): Output => {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  return { json: json ?? !process.stdout.isTTY };
};
