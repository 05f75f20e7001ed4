import type { LifeRow } from './report.ts';
import { ascending, median } from './statistics.ts';

const WIDTH = 720;
const BAR = 22;
const GAP = 10;
const LEFT = 220;
const RIGHT = 70;

/** Bars of end-to-end actions per second, with a line from the slowest round to the fastest. */
export function plotOf(rows: LifeRow[]): string {
  const all = rows.map((row) => ({ row, values: ascending(row.lives.map((life) => life.perSecond)) }));
  const most = Math.max(...all.flatMap(({ values }) => values));
  const x = (value: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * value) / most;
  const bars = all.map(({ row, values }, n) => {
    const y = GAP + n * (BAR + GAP);
    const middle = median(values);
    const [from = 0, to = 0] = [values[0], values.at(-1)];
    return `<text x="${LEFT - 8}" y="${y + 15}" text-anchor="end">${row.name}, ${row.connections} connections</text>
<rect x="${LEFT}" y="${y}" width="${(x(middle) - LEFT).toFixed(1)}" height="${BAR}" fill="${row.name.startsWith('Proviso') ? '#2563eb' : '#94a3b8'}"/>
<line x1="${x(from).toFixed(1)}" x2="${x(to).toFixed(1)}" y1="${y + BAR / 2}" y2="${y + BAR / 2}" stroke="#0f172a"/>
<text x="${(x(to) + 6).toFixed(1)}" y="${y + 15}">${Math.round(middle)}/s</text>`;
  });
  const height = GAP + all.length * (BAR + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13">
<title>Actions per second, end to end</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${bars.join('\n')}
</svg>
`;
}
