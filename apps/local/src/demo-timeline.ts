export interface LogEntry {
  at: string;
  event: string;
  actor: { kind: string; name: string | null };
  data?: { comment?: string | null } | null;
}

/** The log as a table: time, event, actor, and details. */
export function timeline(logs: LogEntry[]): string {
  const rows = logs.map(({ at, event, actor, data }) => [
    at.slice(11, 23),
    event,
    actor.name ? `${actor.kind} ${actor.name}` : actor.kind,
    data?.comment ? `“${data.comment}”` : '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
