import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

/** Writes the document of the built api and lints it by redocly.yaml. */
await runAsScript(import.meta.url, async () => {
  const [{ routes }, { describeRoutes }, { createRegistry }, { builtIns }] = await Promise.all([
    import('../apps/api/dist/app.js'),
    import('../apps/api/dist/document.js'),
    import('../packages/core/dist/index.js'),
    import('../packages/executors/dist/index.js'),
  ]);
  const file = join('.proviso', 'openapi.json');
  mkdirSync('.proviso', { recursive: true });
  writeFileSync(file, JSON.stringify(describeRoutes(routes, createRegistry(builtIns()), '0.0.0')));
  const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  await runNode(['node_modules/@redocly/cli/bin/cli.js', 'lint', file, '--config', 'redocly.yaml'], { env });
});
