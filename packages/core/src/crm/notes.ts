import { createNoteBody, listQuery, type Note } from '@proviso/contracts';
import { presentNote } from './contacts/present.ts';
import type { Context } from '../access/context.ts';
import { sql } from '../platform/db.ts';
import { notFound } from '../platform/errors.ts';
import { lockAgainstDelete } from '../platform/lock-against-delete.ts';
import { inTransactionOnce } from '../platform/idempotency.ts';
import { newId } from '../platform/ids.ts';
import { NEWEST_FIRST, readTablePage, type Page } from '../platform/page.ts';

/** The record that a note is on, in the caller's workspace. */
export interface NoteSubject {
  kind: 'contact' | 'company';
  /** Loads the record or throws NOT_FOUND. */
  load: () => Promise<{ id: string; workspace_id: string }>;
}

/** Writes a note directly, without approval, because it never leaves the company. The caller has authorised. */
export async function writeNote(ctx: Context, { kind, load }: NoteSubject, input: unknown): Promise<Note> {
  const { content } = createNoteBody.parse(input);
  const { id, workspace_id } = await load();
  const data = { id: newId(), workspace_id, [`${kind}_id`]: id, content, created_by: ctx.caller.actor };
  return inTransactionOnce(ctx.db, ctx.idempotency, async (tx) => {
    if (!(await lockAgainstDelete(tx, kind, { id, workspace_id }))) throw notFound(kind);
    return presentNote(await tx.tables.notes.create({ data }));
  });
}

/** Lists the notes on one record, newest first. The caller has authorised. */
export async function readNotes(ctx: Context, { kind, load }: NoteSubject, input: unknown): Promise<Page<Note>> {
  const page = listQuery.parse(input);
  const { id } = await load();
  return readTablePage(ctx.db, page, {
    from: 'notes',
    where: sql`${sql.raw(kind)}_id = ${id}::uuid`,
    order: NEWEST_FIRST,
    times: ['created_at'],
    present: presentNote,
  });
}
