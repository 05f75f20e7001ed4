// A workspace as a stream of rows, a page at a time: no transaction stays open, and memory holds one page. A row that
// exists from the beginning to the end is in it once. The events of an action end with the version of its row. Held by
// apps/api/test/retention.test.ts.
import type { ExportLine, JsonObject } from '@proviso/contracts';
import { authorizeConfiguration, type Context } from '../access/context.ts';
import { afterTerms } from '../platform/cursor.ts';
import { sql, statementOf, type Sql } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { readRows, type Order } from '../platform/page.ts';
import { statement } from '../platform/statement.ts';
import { EXPORTED, OF_ACTIONS, type ExportedTable } from './exported-tables.ts';

const FORMAT_VERSION = 1;
const PAGE = 500;
/** The first line counts this far, so that it comes soon. */
const COUNT_MAX = 1_000_000;

const COMPLETE = statement<{ id: string; counts: string }>(
  'export_complete',
  'update workspace_exports set completed_at = statement_timestamp(), counts = :counts::jsonb where id = :id::uuid',
);

type Counts = Record<string, number>;

/** Streams everything that the workspace holds, without secrets. Who exported it stays in the table `workspace_exports`. */
export async function exportWorkspace(ctx: Context): Promise<AsyncIterable<ExportLine>> {
  authorizeConfiguration(ctx, 'workspace:admin');
  const { workspaceId: workspace_id, actor } = ctx.caller;
  const begun = await ctx.db.tables.workspace_exports.create({
    data: { id: newId(), workspace_id, created_by: actor },
  });
  ctx.log.info({ workspace: workspace_id, by: actor, export: begun.id }, 'an export of a workspace began');
  return linesOf(ctx, begun);
}

async function* linesOf(
  ctx: Context,
  { id, created_at }: { id: string; created_at: Date },
): AsyncGenerator<ExportLine> {
  const { workspaceId } = ctx.caller;
  const workspace = await ctx.db.tables.workspaces.findUniqueOrThrow({ where: { id: workspaceId } });
  yield {
    kind: 'export',
    version: FORMAT_VERSION,
    at: created_at.toISOString(),
    row: { ...workspace, created_at: workspace.created_at.toISOString() } as unknown as JsonObject,
    counts: await countAll(ctx),
  };
  const counts: Counts = {};
  for (const table of EXPORTED)
    for await (const row of rowsOf(ctx, table, sql`workspace_id = ${workspaceId}::uuid`)) yield* withEvents(table, row);
  await ctx.db.query(COMPLETE, { id, counts: JSON.stringify(counts) });
  yield { kind: 'end', counts };

  async function* withEvents(table: ExportedTable, row: JsonObject): AsyncGenerator<ExportLine> {
    yield lineOf(table, row);
    if (table.name !== 'actions') return;
    const ofAction = sql`action_id = ${row.id}::uuid and version <= ${row.version}::int`;
    for await (const event of rowsOf(ctx, OF_ACTIONS, ofAction)) yield lineOf(OF_ACTIONS, event);
  }
  function lineOf({ name }: ExportedTable, row: JsonObject): ExportLine {
    counts[name] = (counts[name] ?? 0) + 1;
    return { kind: name, row };
  }
}

/** In a stable order, so that each page begins where the last one ended. */
async function* rowsOf(
  ctx: Context,
  { name, order: terms, secrets, extra }: ExportedTable,
  where: Sql,
): AsyncGenerator<JsonObject> {
  const order: Order = { name, direction: 'asc', terms };
  const rowOf = (row: JsonObject): JsonObject => {
    for (const secret of secrets ?? []) delete row[secret];
    return row;
  };
  const page = { from: name, where, order, limit: PAGE, skip: 0, ...(extra && { extra: sql.raw(extra) }) };
  for (let last: readonly string[] | null | undefined; last !== null;) {
    const found = await readRows(ctx.db, { ...page, after: last && afterTerms(order, last) }, { rowOf });
    yield* found.rows;
    last = found.last;
  }
}

async function countAll({ db, caller }: Context): Promise<Counts> {
  const counts: Counts = {};
  for (const { name } of EXPORTED) {
    const rows = sql`select from ${sql.raw(name)} where workspace_id = ${caller.workspaceId}::uuid limit ${COUNT_MAX}::int`;
    const [found] = await db.query(
      ...statementOf<{ count: number }>(sql`select count(*)::int as count from (${rows}) t`),
    );
    counts[name] = found?.count ?? 0;
  }
  return counts;
}
