import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { Action } from '@proviso/contracts';
import { listActions } from '../api/actions.ts';
import { pageQuery, queryClient, waitingQuery, type WaitingFilter } from '../api/queries.ts';
import { mustBeRead } from '../card/use-read-to-end.ts';
import { decide } from '../decide/decide.ts';
import { toast } from '../decide/toasts.ts';
import { asText } from '../waiting/preview-text.ts';
import { words } from '../words.ts';
import { emptyWaiting, withArrivals, withPage, type Waiting } from '../waiting/waiting.ts';
import { writtenOver, editsOfRow, pieceId, templateOf, type Row, type Template, type Written } from './template.ts';

type Mark = 'tick' | 'cross' | 'leave';

export interface Review {
  template: Template;
  waiting: Waiting;
  isLoading: boolean;
  markOf: (row: Row) => Mark;
  mark: (row: Row, mark: Mark) => void;
  /** What stands in a cell, changed or not. */
  textOf: (row: Row, column: number) => string;
  write: (row: Row, column: number, text: string) => void;
  /** What stands in a piece that all rows have in common, changed or not. */
  commonOf: (id: string, piece: string) => string;
  writeCommon: (id: string, before: string, text: string) => void;
  /** How many pieces of the template are changed. */
  changedCommons: number;
  marked: (mark: Mark) => Row[];
  approve: () => Promise<void>;
  reject: (comment: string) => Promise<void>;
}

/** A group is read whole before it is shown: what stands out is said of all of it. */
const ROWS_MAX = 1_000;

export function useReview(filter: WaitingFilter): Review {
  const { waiting, isLoading } = useWholeGroup(filter);
  const recipients = useKnownRecipients(filter.type);
  const waits = useMemo(
    () => waiting.rows.filter(({ action_id }) => waiting.decided[action_id] === undefined),
    [waiting.rows, waiting.decided],
  );
  const template = useMemo(() => templateOf(waits, { recipients }), [waits, recipients]);
  const [marks, setMarks] = useState<Record<string, Mark>>({});
  const [written, setWritten] = useState<Record<string, Written['cells']>>({});
  const { commons, ...shared } = useCommons(template);
  const keyOf = (column: number): string => template.columns[column]?.key ?? '';
  const idOf = ({ action }: Row): string => action.action_id;
  const markOf = (row: Row): Mark =>
    marks[idOf(row)] ?? (row.flags.length > 0 || mustBeRead(row.action) ? 'leave' : 'tick');
  const editsOf = (row: Row) => editsOfRow(template, row, { cells: written[idOf(row)] ?? {}, commons });
  const marked = (mark: Mark): Row[] => template.rows.filter((row) => markOf(row) === mark);
  return {
    template,
    waiting,
    isLoading,
    markOf,
    mark: (row, mark) => {
      if (mark === 'tick' && mustBeRead(row.action)) toast({ text: words.decide.readFirst(1), tone: 'failure' });
      else setMarks((now) => ({ ...now, [idOf(row)]: mark }));
    },
    textOf: (row, column) => writtenOver(written[idOf(row)] ?? {}, keyOf(column), row.cells[column] ?? ''),
    write: (row, column, text) =>
      setWritten((now) => {
        const before = row.cells[column] ?? '';
        return { ...now, [idOf(row)]: { ...now[idOf(row)], [keyOf(column)]: { before, text } } };
      }),
    ...shared,
    marked,
    approve: async () => {
      const ticked = marked('tick');
      const decisions = ticked.map((row) => ({ row, edits: editsOf(row) }));
      const isPlain = ({ edits }: { edits: object }): boolean => Object.keys(edits).length === 0;
      const plain = decisions.filter(isPlain).map(({ row }) => row.action);
      if (plain.length > 0) await decide(plain, { action: 'approve' });
      for (const { row, edits } of decisions.filter((each) => !isPlain(each)))
        await decide([row.action], { action: 'edit', edits });
    },
    reject: async (comment) => {
      const crossed = marked('cross').map(({ action }) => action);
      if (crossed.length > 0) await decide(crossed, { action: 'reject', ...(comment && { comment }) });
    },
  };
}

/** What was written over the text that all rows have in common. */
function useCommons(template: Template) {
  const [commons, setCommons] = useState<Written['commons']>({});
  const pieces = template.parts.flatMap((part, at) =>
    part.pieces.map((piece, place) => ({ piece, id: pieceId(at, place) })),
  );
  const isChanged = ({ piece, id }: (typeof pieces)[number]): boolean =>
    typeof piece === 'string' && writtenOver(commons, id, piece) !== piece;
  return {
    commons,
    commonOf: (id: string, piece: string): string => writtenOver(commons, id, piece),
    writeCommon: (id: string, before: string, text: string): void =>
      setCommons(({ [id]: _, ...others }) => (text === before ? others : { ...others, [id]: { before, text } })),
    changedCommons: pieces.filter(isChanged).length,
  };
}

function useWholeGroup(filter: WaitingFilter): { waiting: Waiting; isLoading: boolean } {
  const { queryKey } = waitingQuery(filter);
  const { data: waiting = emptyWaiting, isPending } = useQuery(waitingQuery(filter));
  const { nextCursor, rows, arrivals } = waiting;
  const hasMore = nextCursor !== null && rows.length < ROWS_MAX;
  useEffect(() => {
    if (!hasMore) return;
    const stop = new AbortController();
    listActions({ ...pageQuery(filter), cursor: nextCursor }, stop.signal).then(
      (page) => queryClient.setQueryData<Waiting>(queryKey, (now) => now && withPage(now, page)),
      () => undefined, // what was read is reviewed; the next visit reads on
    );
    return () => stop.abort();
  }, [filter, nextCursor, hasMore, queryKey]);
  // Here nothing is read by its place: what arrives joins the table at once.
  useEffect(() => {
    if (arrivals.length > 0) queryClient.setQueryData<Waiting>(queryKey, (now) => now && withArrivals(now, false));
  }, [arrivals.length, queryKey]);
  return { waiting, isLoading: isPending || hasMore };
}

/** Whom actions of this type went to, as far back as one page tells. */
function useKnownRecipients(type: string | undefined): ReadonlySet<string> | null {
  const { data } = useQuery({
    queryKey: ['actions', 'recipients', type],
    queryFn: async () => (await listActions({ type, status: 'completed' })).actions.flatMap(recipientsOf),
    staleTime: 60_000,
  });
  return useMemo(() => (data && data.length > 0 ? new Set(data) : null), [data]);
}

const recipientsOf = ({ params }: Action): string[] =>
  [params.email, params.to, params.channel, params.linkedin_url].flat().map(asText).filter(Boolean);
