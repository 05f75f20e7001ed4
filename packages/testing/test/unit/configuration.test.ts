import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as core from '@proviso/core';
import * as executors from '@proviso/executors';
import { z } from 'zod';
import * as api from '../../../../apps/api/src/config.ts';
import * as local from '../../../../apps/local/src/config.ts';
import * as worker from '../../../../apps/worker/src/config.ts';
import { variableGroups, variablesTable } from '../../../../tools/configuration-tables.mjs';
import * as cli from '../../../cli/src/config.ts';

const ROOT = path.resolve(__dirname, '../../../..');
const page = readFileSync(path.join(ROOT, 'docs/configuration.md'), 'utf8');
const groups = variableGroups([core, executors, api, worker, cli, local]);

/** The variables that the sources name, of every process, tool and test. */
const named = ['apps', 'packages', 'tests', 'tools']
  .flatMap((part) =>
    readdirSync(path.join(ROOT, part), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|cjs)$/.test(file) && !/node_modules|dist\/|generated/.test(file))
      .map((file) => readFileSync(path.join(ROOT, part, file), 'utf8')),
  )
  .flatMap((source) => [...source.matchAll(/(?:process\.env\.|^ {2})(PROVISO_[A-Z_]+)\b/gm)].map(([, name]) => name));

describe('docs/configuration.md', () => {
  it.each(Object.entries(groups))('has the current table of %s: run npm run docs', (name, variables) => {
    expect(page).toContain(`<!-- variables of ${name} -->\n\n${variablesTable(z, variables)}\n\n<!-- end -->`);
  });

  it('lists every variable that a process, tool or test reads, and no other', () => {
    const listed = [...page.matchAll(/`(PROVISO_[A-Z_]+)`/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(core.VARIABLES.length);
    expect([...new Set(named)].toSorted()).toEqual([...new Set(listed)].toSorted());
  });
});

describe('the check of the environment', () => {
  it('knows every variable, so that one environment can serve all processes', () => {
    const read = Object.values(groups).flatMap((variables) => Object.keys(variables));
    const all = [...named, ...read].filter((name) => name?.startsWith('PROVISO_'));
    expect([...new Set(all)].toSorted()).toEqual(core.VARIABLES.toSorted());
  });

  it('warns of each variable that nothing reads, and names the one that it resembles', () => {
    const warnings: unknown[][] = [];
    const env = { PROVISO_CONCURENCY: 'secret', PROVISO_WEATHER: '', PROVISO_CONCURRENCY: '4', REDIS_ULR: '' };
    core.warnOfUnknownVariables(env, { warn: (...said: unknown[]) => void warnings.push(said) });
    expect(warnings).toEqual([
      [
        { variable: 'PROVISO_CONCURENCY' },
        'PROVISO_CONCURENCY is not a variable of Proviso and has no effect: did you mean PROVISO_CONCURRENCY?',
      ],
      [
        { variable: 'PROVISO_WEATHER' },
        'PROVISO_WEATHER is not a variable of Proviso and has no effect: docs/configuration.md lists every variable',
      ],
    ]);
  });
});
