import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAsScript } from './run-as-script.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Prints what is installed, as CycloneDX. `npm sbom --omit=dev` leaves out whatever any package uses for development, even
 * if the programs need it as well. So this takes the list of the whole lockfile, and drops what is not on disk.
 */
await runAsScript(import.meta.url, () => {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const bom = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e9 }));
  const pathOf = ({ properties }) => properties?.find(({ name }) => name === 'cdx:npm:package:path')?.value ?? '';
  const components = bom.components.filter((one) => existsSync(join(root, pathOf(one), 'package.json')));
  const refs = new Set([bom.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  console.log(JSON.stringify({ ...bom, components, dependencies }, null, 2));
});
