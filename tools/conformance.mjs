// Runs the protocol's own suite against a gateway. It needs Node 22, so verify and CI do not run it.
import { register } from 'tsx/esm/api';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';
import { withTestDatabase } from './with-test-database.mjs';

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  register();
  const { runConformance } = await import('../tests/conformance/main.ts');
  await withTestDatabase(() => runConformance(args));
});
