import type { Command } from 'commander';
import { checkInstance } from '../doctor/instance.ts';
import { checkService } from '../doctor/service.ts';
import { failed } from '../failure.ts';
import { clean, print, printJson } from '../output.ts';
import { outputOf } from '../output-of.ts';

const MARKS = { ok: 'ok   ', warning: 'WARN ', failed: 'FAIL ', skipped: '-    ' };

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'check the service from outside, and with DATABASE_URL also its database, queue, migrations, clock and secrets',
    )
    .action(async (_options, command: Command) => {
      const findings = [...(await checkService()), ...(await checkInstance())];
      if (outputOf(command).json) printJson(findings);
      else
        for (const { state, check, says, advice } of findings)
          print(
            clean(`${MARKS[state]}${check.padEnd(12)} ${says}`) + (advice ? `\n${' '.repeat(18)}${clean(advice)}` : ''),
          );
      const bad = findings.filter(({ state }) => state === 'failed').length;
      if (bad > 0) throw failed(`${bad} of ${findings.length} checks failed.`);
    });
}
