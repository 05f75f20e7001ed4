import type { Note } from '@proviso/contracts';
import { authorize, type Context } from '../../access/context.ts';
import { readNotes, writeNote, type NoteSubject } from '../notes.ts';
import type { Page } from '../../platform/page.ts';
import { getCompanyInWorkspace } from './get.ts';

const on = (ctx: Context, id: string): NoteSubject => ({
  kind: 'company',
  load: () => getCompanyInWorkspace(ctx, id),
});

/** Writes a note on a company, directly and without approval. */
export async function createCompanyNote(ctx: Context, companyId: string, input: unknown): Promise<Note> {
  authorize(ctx, 'companies:write');
  return writeNote(ctx, on(ctx, companyId), input);
}

/** Lists a company's notes, newest first. */
export async function listCompanyNotes(ctx: Context, companyId: string, input: unknown): Promise<Page<Note>> {
  authorize(ctx, 'companies:read');
  return readNotes(ctx, on(ctx, companyId), input);
}
