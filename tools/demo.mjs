import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

await runAsScript(import.meta.url, async () => {
  await prepare();
  const { runDemo } = await import('../apps/local/dist/demo.js');
  await runDemo();
});
