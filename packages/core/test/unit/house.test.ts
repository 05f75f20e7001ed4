import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../../..');
const SOURCES = ['packages/core/src', 'packages/executors/src', 'apps/api/src', 'apps/worker/src'];

const files = SOURCES.flatMap((source) =>
  readdirSync(path.join(ROOT, source), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
    .map((file) => path.join(source, file)),
);

/** Files, other than the ones that may, whose text matches. */
const offenders = (pattern: RegExp, allowed: string[]): string[] =>
  files.filter((file) => !allowed.includes(file) && pattern.test(readFileSync(path.join(ROOT, file), 'utf8')));

describe('the house', () => {
  it('reads every source file', () => expect(files.length).toBeGreaterThan(80));

  it('writes actions only with its statements: no other SQL, no writes through Prisma', () => {
    const statements = files.filter((file) => file.startsWith('packages/core/src/action/sql/'));
    expect(offenders(/(update|insert into|delete from)\s+(actions|action_events)\b/i, statements)).toEqual([]);
    expect(offenders(/\.(actions|action_events)\s*\.(create|update|upsert|delete)/, [])).toEqual([]);
  });

  it('does not read the local clock where the database’s clock decides', () => {
    const shown = [
      'apps/api/src/errors.ts', // the timestamp of an error body
      'apps/worker/src/watchdog.ts', // the time of a line of the log
      'packages/core/src/platform/queue.ts', // BullMQ's delay, which is a hint
      'packages/core/src/crm/records.ts', // a sent e-mail's own time, for people
      'packages/core/src/crm/contacts/change.ts', // when somebody unsubscribed, for people
      'packages/core/src/crm/tasks/update.ts', // when a task was done, for people
      'packages/executors/src/email/message.ts', // the Date header (RFC 5322)
      'packages/executors/src/push/sender.ts', // the expiry of a token (RFC 8292)
      'packages/executors/src/workspace-tool.ts', // the time in a signature (Standard Webhooks)
      'packages/executors/src/webhook-sender.ts', // the same
    ];
    expect(offenders(/Date\.now\(\)|new Date\(\)/, shown)).toEqual([]);
  });

  it('calls providers only through the tracked fetch, which follows no redirect', () =>
    expect(offenders(/(?<![.\w])fetch\(/, ['packages/executors/src/http/request-tracker.ts'])).toEqual([]));

  it('names only existing tests in comments', () => {
    const parts = ['apps', 'packages', 'tests', 'tools'].flatMap((part) =>
      readdirSync(path.join(ROOT, part), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/node_modules|dist\/|generated/.test(file))
        .map((file) => path.join(part, file)),
    );
    const tests = new Set(parts.filter((file) => file.includes('.test.ts')).map((file) => path.basename(file)));
    const commentsOf = (file: string): string =>
      (readFileSync(path.join(ROOT, file), 'utf8').match(/^\s*(?:\/[/*]|\*).*$/gm) ?? []).join('\n');
    const named = parts.flatMap((file) =>
      [...commentsOf(file).matchAll(/[\w-]+\.test\.tsx?/g)].map(([name]) => ({ file, name })),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !tests.has(name))).toEqual([]);
  });

  it('awaits no queue outside the seam', () => expect(offenders(/await [\w.]*queue\.wake/, [])).toEqual([]));
});
