import { useQuery, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { inWords, request } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { toast } from '../decide/toasts.ts';
import { words } from '../words.ts';

/** A part of the settings, under its own heading. */
export const Section = ({ title, help, children }: { title: string; help: string; children: ReactNode }) => (
  <section className="mb-8">
    <h2 className="text-base font-semibold">{title}</h2>
    <p className="text-muted mb-2 text-sm">{help}</p>
    {children}
  </section>
);

export const Line = ({ children }: { children: ReactNode }) => (
  <li className="border-line flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">{children}</li>
);

/** A list of the api that is short enough to be read whole. */
export function useItems<Item>(path: string, name: string): Item[] {
  const { data, error } = useQuery({
    queryKey: ['settings', path],
    queryFn: async () => (await request<Record<string, Item[]>>(path, { query: { limit: 100 } }))[name] ?? [],
  });
  if (error) throw error;
  return data ?? [];
}

interface PageReply extends Record<string, unknown> {
  pagination: { next_cursor?: string | null };
}

/** A list of the api that may be longer than a page. */
export function useAllItems<Item>(path: string, name: string): Item[] {
  const { data, error } = useQuery({
    queryKey: ['settings', path, 'all'],
    queryFn: async () => {
      const items: Item[] = [];
      let cursor: string | null | undefined;
      do {
        const query = { limit: 100, ...(cursor && { cursor }) };
        const page: PageReply = await request<PageReply>(path, { query });
        items.push(...(page[name] as Item[]));
        cursor = page.pagination.next_cursor;
      } while (cursor);
      return items;
    },
  });
  if (error) throw error;
  return data ?? [];
}

/** Does it, says what is wrong where it cannot be done, and reads the list anew. */
export async function change<Reply>(
  path: string,
  given: Parameters<typeof request>[1],
  ...keys: QueryKey[]
): Promise<Reply | undefined> {
  try {
    return await request<Reply>(path, given);
  } catch (error) {
    toast({ text: inWords(error), tone: 'failure' });
    return undefined;
  } finally {
    for (const queryKey of [['settings'], ...keys]) void queryClient.invalidateQueries({ queryKey });
  }
}

export const NeedsAdmin = () => <p className="text-muted text-sm">{words.settings.needsAdmin}</p>;
