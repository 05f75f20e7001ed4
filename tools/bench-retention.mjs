// Measures how fast old actions are redacted and deleted. Its figures are of this machine, so verify and CI do not run it.
import { register } from 'tsx/esm/api';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';
import { withTestDatabase } from './with-test-database.mjs';

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  register();
  const { benchRetention } = await import('../bench/retention/main.ts');
  await withTestDatabase(() => benchRetention(args));
});
