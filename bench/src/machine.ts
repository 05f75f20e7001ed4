import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

const sha = (): string => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

/** One line that says where and on what the figures were measured. */
export function machineLine(): string {
  const [first] = cpus();
  const gib = Math.round(totalmem() / 1_024 ** 3);
  const load = loadavg()[0]?.toFixed(1);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${gib} GiB, Node ${process.version}, build ${sha()}, load ${load} before the run`;
}
