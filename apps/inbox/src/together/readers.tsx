import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Action } from '@proviso/contracts';
import { Eye } from 'lucide-react';
import { reportReading } from '../api/together.ts';
import { useDecides } from '../shell/use-session.ts';
import { readable } from '../readable.ts';
import { words } from '../words.ts';

/** As the service expects it; a hidden page does not report. */
const REPORT_EVERY_MS = 5_000;
/** Whoever steps through the list reads nothing. */
const READS_AFTER_MS = 400;

/** Who else is reading this. It is information: nothing is locked. */
export function Readers({ action: { action_id: id, status } }: { action: Action }) {
  const decides = useDecides();
  const [isReading, setReading] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReading(true), READS_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setReading(false);
    };
  }, [id]);
  const { data: readers = [] } = useQuery({
    queryKey: ['readers', id],
    queryFn: () => reportReading(id),
    enabled: decides && isReading && status === 'pending_approval',
    refetchInterval: REPORT_EVERY_MS,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return (
    <span role="status" aria-label={words.together.readersLabel}>
      {readers.length > 0 && (
        <span className="pill bg-accent-soft text-accent inline-flex items-center gap-1">
          <Eye size={11} aria-hidden="true" /> {words.together.readers(readers.map(({ name }) => readable(name)))}
        </span>
      )}
    </span>
  );
}
