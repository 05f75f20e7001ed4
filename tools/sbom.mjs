import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAsScript } from './run-as-script.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Prints what is installed, as CycloneDX. `npm sbom --omit=dev` leaves out whatever any package uses for development, even
 * if the programs need it as well. So this takes the list of the whole lockfile, and drops what is not installed.
 */
await runAsScript(import.meta.url, () => {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const bom = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e9 }));
  const installed = installedPackages();
  const components = bom.components.filter(({ name, version }) => installed.has(`${name}@${version}`));
  const refs = new Set([bom.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  console.log(JSON.stringify({ ...bom, components, dependencies }, null, 2));
});

/** npm's own list of what it put into node_modules. */
function installedPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'));
  const entries = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
  return new Set(
    entries.map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`),
  );
}
