// Measures the inbox in a browser. Its figures are of this machine, so verify and CI do not run it.
import { register } from 'tsx/esm/api';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';
import { withTestDatabase } from './with-test-database.mjs';

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  register();
  const { benchInbox } = await import('../bench/inbox/main.ts');
  await withTestDatabase(() => benchInbox(args));
});
