import type { ActionEvent, Briefing, EventName } from '@proviso/contracts';

/** Of the contracts only types: their module would bring the schemas along. */
const NAMES: Record<EventName, true> = {
  'action.created': true,
  'action.updated': true,
  'action.approved': true,
  'action.rejected': true,
  'action.cancelled': true,
  'action.expired': true,
  'action.returned_to_review': true,
  'action.recalled': true,
  'action.assigned': true,
  'action.commented': true,
  'action.released': true,
  'action.claimed': true,
  'action.retried': true,
  'action.requeued': true,
  'action.completed': true,
  'action.failed': true,
  'action.outcome_confirmed': true,
};

export interface Listener {
  onBriefing: (briefing: Briefing) => void;
  onEvent: (event: ActionEvent) => void;
  /** Too much was missed: read everything anew. */
  onResync: () => void;
  onState: (isLive: boolean) => void;
}

const RETRY_MS = 3_000;

/** Hears what happens until it is stopped; the browser resumes where it was cut off. */
export function listen({ onBriefing, onEvent, onResync, onState }: Listener): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wasCut = false;
  const open = (): void => {
    source = new EventSource('/v1/events');
    source.addEventListener('open', () => {
      onState(true);
      if (wasCut) onResync(); // a new source knows no Last-Event-ID
      wasCut = false;
    });
    source.addEventListener('error', () => {
      onState(false);
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again
      wasCut = true;
      retry = setTimeout(open, RETRY_MS);
    });
    source.addEventListener('briefing', ({ data }) => onBriefing(JSON.parse(data as string) as Briefing));
    source.addEventListener('resync', onResync);
    for (const name of Object.keys(NAMES))
      source.addEventListener(name, ({ data }) => onEvent(JSON.parse(data as string) as ActionEvent));
  };
  open();
  return () => {
    clearTimeout(retry);
    source?.close();
  };
}
