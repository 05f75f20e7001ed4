// Draws the pictures in docs/images anew, from the real pages.
import { register } from 'tsx/esm/api';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';
import { withTestDatabase } from './with-test-database.mjs';

await runAsScript(import.meta.url, async () => {
  await prepare();
  register();
  const { drawScreenshots } = await import('../tests/browser/screenshots.ts');
  await withTestDatabase(drawScreenshots);
});
