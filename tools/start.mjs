import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

await runAsScript(import.meta.url, async () => {
  await prepare();
  const { startForPeople } = await import('../apps/local/dist/main.js');
  await startForPeople();
});
