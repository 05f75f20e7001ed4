// Installs the dependencies of the bench, such as the services that it compares with ours.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  const npm = (...rest) => {
    const { status } = spawnSync('npm', ['--prefix', 'bench', ...rest], { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  };
  if (!existsSync('bench/node_modules')) npm('ci');
  npm('run', '--silent', 'bench', '--', ...args);
});
