import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, runNpm } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const staged = join(root, '.proviso/sdk');
const tarball = join(root, '.proviso/proviso-sdk.tgz');

/** Packs the SDK so that it installs anywhere: the contracts, which are not published, are included. */
await runAsScript(import.meta.url, async () => {
  await prepare();
  rmSync(staged, { recursive: true, force: true });
  mkdirSync(staged, { recursive: true });
  copyBuilt('packages/sdk', 'dist');
  copyBuilt('packages/contracts', 'dist/contracts');
  for (const file of filesIn('dist')) if (!file.startsWith('dist/contracts/')) pointToContracts(file);
  writeFileSync(join(staged, 'package.json'), JSON.stringify(manifest(), null, 2));
  cpSync(join(root, 'packages/sdk/README.md'), join(staged, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(staged, 'LICENSE'));
  const output = await runNpm(
    ['pack', '--json', '--loglevel=error', '--ignore-scripts', '--pack-destination', dirname(tarball)],
    staged,
  );
  const [{ filename }] = JSON.parse(output);
  renameSync(join(dirname(tarball), filename), tarball);
  console.log(relative(process.cwd(), tarball));
});

function filesIn(folder) {
  const names = readdirSync(join(staged, folder), { recursive: true });
  return names.map((name) => join(folder, name)).filter((name) => /\.(js|d\.ts)$/.test(name));
}

function copyBuilt(from, to) {
  const filter = (name) => !/\.(map|tsbuildinfo)$/.test(name);
  cpSync(join(root, from, 'dist'), join(staged, to), { recursive: true, filter });
}

function pointToContracts(file) {
  const path = relative(dirname(file), 'dist/contracts/index.js');
  const text = readFileSync(join(staged, file), 'utf8')
    .replaceAll(/(['"])@proviso\/contracts\1/g, `$1${path.startsWith('.') ? path : `./${path}`}$1`)
    .replaceAll(/^\/\/# sourceMappingURL=.*$\n?/gm, '');
  writeFileSync(join(staged, file), text);
}

/**
 * The SDK's manifest, with the contracts' dependencies in place of the contracts, and without references to the
 * sources.
 */
function manifest() {
  const read = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const sdk = read('packages/sdk');
  const { '@proviso/contracts': _, ...own } = sdk.dependencies;
  const exported = Object.entries(sdk.exports).map(([entry, { types, default: code }]) => [
    entry,
    { types, default: code },
  ]);
  const dependencies = Object.entries({ ...own, ...read('packages/contracts').dependencies });
  return {
    ...sdk,
    files: ['dist'],
    exports: Object.fromEntries(exported),
    // Exact versions here, ranges for users: one copy then serves both if theirs fits.
    dependencies: Object.fromEntries(dependencies.map(([name, version]) => [name, `^${version}`])),
  };
}
