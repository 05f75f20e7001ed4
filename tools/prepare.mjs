// Needs only Node: it runs before anything is installed. It uses old syntax, so that an old Node can parse it far
// enough to report that it is too old.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...path) => join(root, ...path);

/** Makes a clone runnable: dependencies, database client, build. Does only what is missing or out of date. */
export async function prepare({ quiet = false } = {}) {
  checkNode();
  if (!isInstalled()) await install(quiet);
  await generate(quiet);
  await build(quiet);
  await bundleInbox(quiet);
}

/** Runs node on a file of this repository, without input. Resolves with its output, and throws if it fails. */
export function runNode(args, { env = {}, show = false } = {}) {
  return run(process.execPath, args, { env, show });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Proviso needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** npm writes its hidden lockfile last, so that an interrupted install never looks complete. */
function isInstalled() {
  const hidden = at('node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(hidden);
  return Object.entries(packagesOf(at('package-lock.json'))).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') || wanted.optional) return true;
    const found = installed[path];
    return found !== undefined && found.version === wanted.version;
  });
}

async function install(quiet) {
  const done = showProgress('Installing the dependencies', quiet);
  // --include=dev: with NODE_ENV=production, npm would omit the types that the build needs.
  await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']);
  done();
}

/** Runs the npm that runs this, or the one on the PATH. Resolves with its output. */
export function runNpm(args, cwd = root) {
  const cli = process.env.npm_execpath || '';
  const [program, first] = basename(cli) === 'npm-cli.js' ? [process.execPath, [cli]] : ['npm', []];
  return run(program, [...first, ...args], { env: homeEnvironment(), cwd });
}

/**
 * npm and Prisma write under HOME, which may be unset, empty or read-only; npm's environment tells where its cache is.
 */
function homeEnvironment() {
  const home = process.env.HOME || '';
  if (home !== '' && isWritable(process.env.npm_config_cache || join(home, '.npm'))) return {};
  mkdirSync(at('.proviso/home'), { recursive: true });
  return { HOME: at('.proviso/home'), npm_config_cache: at('.proviso/home/.npm') };
}

function isWritable(path) {
  let dir = path;
  while (!existsSync(dir)) dir = dirname(dir);
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function generate(quiet) {
  const stamp = at('packages/core/src/generated/.schema');
  const { version } = JSON.parse(readFileSync(at('node_modules/prisma/package.json'), 'utf8'));
  const wanted = createHash('sha256')
    .update(version)
    .update(readFileSync(at('prisma/schema.prisma')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const done = showProgress('Generating the database client', quiet);
  // Generating needs no schema engine. Naming one keeps Prisma from downloading it.
  const prisma = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  await runNode([at('node_modules/prisma/build/index.js'), 'generate', '--no-hints'], {
    env: { ...homeEnvironment(), ...prisma },
  });
  writeFileSync(stamp, wanted);
  done();
}

async function build(quiet) {
  const stamp = at('node_modules/.proviso-built');
  const { references } = JSON.parse(readFileSync(at('tsconfig.json'), 'utf8'));
  const projects = references.map(({ path }) => path);
  const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  const isBuilt = projects.every((project) => {
    const { tsBuildInfoFile } = JSON.parse(readFileSync(at(project, 'tsconfig.json'), 'utf8')).compilerOptions;
    return existsSync(at(project, tsBuildInfoFile));
  });
  const sources = [at('tsconfig.base.json'), at('package-lock.json')];
  for (const project of projects)
    sources.push(at(project, 'src'), at(project, 'tsconfig.json'), at(project, 'package.json'));
  if (isBuilt && sources.every((path) => newest(path) < builtAt)) return;
  const done = showProgress('Building', quiet);
  const startedAt = new Date();
  await runNode([at('node_modules/typescript/bin/tsc'), '-b']);
  writeFileSync(stamp, '');
  utimesSync(stamp, startedAt, startedAt);
  done();
}

/** Builds the inbox, which the api serves from apps/inbox/dist. */
async function bundleInbox(quiet) {
  const page = at('apps/inbox/dist/index.html');
  const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) =>
    at('apps/inbox', name),
  );
  if (existsSync(page) && sources.every((path) => newest(path) < statSync(page).mtimeMs)) return;
  const done = showProgress('Bundling the inbox', quiet);
  const vite = at('node_modules/vite/bin/vite.js');
  await runNode([vite, 'build', at('apps/inbox'), '--config', at('apps/inbox/vite.config.ts'), '--logLevel', 'warn']);
  done();
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Shows one line with the seconds on a terminal, else a line every ten seconds. Returns a function that ends it. */
function showProgress(what, quiet) {
  if (quiet) return () => {};
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const isTty = process.stderr.isTTY;
  const say = (text, end = '\n') => process.stderr.write(`${isTty ? '\r\x1b[K' : ''}${what}${text}${end}`);
  say(' …', isTty ? '' : '\n');
  const timer = setInterval(() => say(` … ${seconds()} s`, isTty ? '' : '\n'), isTty ? 1000 : 10_000);
  running.add(timer);
  return () => {
    clearInterval(timer);
    say(`: done in ${seconds()} s`);
  };
}

const running = new Set();

function run(program, args, { env = {}, show = false, cwd = root }) {
  return new Promise((resolve, reject) => {
    const stdio = show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, { cwd, stdio, env: { ...process.env, ...env } });
    let output = '';
    if (!show) for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const stop = (signal) => {
      child.kill(signal);
      child.once('close', () => process.exit(signal === 'SIGINT' ? 130 : 143));
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
    const end = () => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
    };
    child.once('error', (error) => {
      end();
      reject(new Error(`${program} cannot be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      end();
      if (code === 0) return resolve(output);
      for (const timer of running) clearInterval(timer);
      const name = [program, ...args]
        .map((part) => basename(part))
        .slice(0, 3)
        .join(' ');
      reject(new Error(`${output.trimEnd()}\n${name} failed (${signal || code}).`.trimStart()));
    });
  });
}
