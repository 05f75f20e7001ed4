import type { Note } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { readNotes, writeNote, type NoteSubject } from '../notes.ts';
import type { Page } from '../../platform/page.ts';
import { getContactInWorkspace } from './get.ts';

const on = (ctx: Context, id: string): NoteSubject => ({
  kind: 'contact',
  load: () => getContactInWorkspace(ctx, id),
});

/** Writes a note on a contact, directly and without approval. */
export async function createContactNote(ctx: Context, contactId: string, input: unknown): Promise<Note> {
  authorize(ctx, 'contacts:write');
  return writeNote(ctx, on(ctx, contactId), input);
}

/** Lists a contact's notes, newest first. */
export async function listContactNotes(ctx: Context, contactId: string, input: unknown): Promise<Page<Note>> {
  authorize(ctx, 'contacts:read');
  return readNotes(ctx, on(ctx, contactId), input);
}
