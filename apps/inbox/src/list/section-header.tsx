import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { request } from '../api/client.ts';
import type { Section } from '../waiting/sections.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { readable } from '../readable.ts';
import { words } from '../words.ts';

/** Whose rows follow, how many, and the way to read them as one. */
export function SectionHeader({ section: { title, folds, template } }: { section: Section }) {
  const runName = useRunName(template?.runId);
  const count = folds.reduce((sum, { equals }) => sum + 1 + equals.length, 0);
  return (
    <div className="border-line bg-panel text-muted flex min-h-8 items-center justify-between gap-3 border-b px-3.5 py-1.5 text-sm">
      <span className="truncate">
        {readable(words.typeOf(title))}
        {runName && ` · ${words.list.run(readable(runName))}`}
      </span>
      {template ? (
        <Link
          to="/review"
          search={{ type: template.type, agent: template.agentId, run: template.runId }}
          className="text-accent shrink-0 font-semibold"
        >
          {words.list.alike(count)} → {words.list.asTemplate} <KeyCap>t</KeyCap>
        </Link>
      ) : (
        <span>{count.toLocaleString()}</span>
      )}
    </div>
  );
}

/** What an agent calls its run, in its metadata. */
export function useRunName(id: string | undefined): string | undefined {
  const { data } = useQuery({
    queryKey: ['run', id],
    queryFn: async () =>
      (await request<{ run: { metadata: Record<string, string> } }>(`/v1/agents/runs/${id}`, { query: { limit: 1 } }))
        .run,
    enabled: id !== undefined,
    staleTime: Infinity,
  });
  return data?.metadata.name ?? data?.metadata.title;
}
