import type { Statement } from './statement.ts';

const HEADER =
  '-- The statements as PostgreSQL gets them. Written by `npm run sql -- print`; edit their sources instead.\n';

/** The statements on actions in one file, the others in another, each with its parameters. */
export function printedSql(statements: Iterable<Statement>): Map<string, string> {
  const files = new Map<string, string>();
  for (const one of [...statements].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = one.name.startsWith('action_') ? 'actions.sql' : 'others.sql';
    files.set(file, `${files.get(file) ?? HEADER}\n${printed(one)}`);
  }
  return files;
}

function printed({ name, text, params }: Statement): string {
  const given = params.map((param, place) => `-- $${place + 1} ${param}\n`).join('');
  const indents = text
    .split('\n')
    .slice(1)
    .filter((line) => line.trim());
  const margin = Math.min(...indents.map((line) => line.length - line.trimStart().length), 40);
  const lines = text.split('\n').map((line, n) => (n === 0 ? line : line.slice(margin)));
  return `-- ${name}\n${given}${lines.join('\n').trim()};\n`;
}
