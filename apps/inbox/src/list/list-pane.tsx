import { useEffect, useMemo, useRef } from 'react';
import { VList, type VListHandle } from 'virtua';
import { inWords } from '../api/client.ts';
import type { Section } from '../waiting/sections.ts';
import { words } from '../words.ts';
import { KeyCap } from '../keys/key-cap.tsx';
import { DemoNotice } from './demo-notice.tsx';
import { EmptyList } from './empty-list.tsx';
import { ListHeader } from './list-header.tsx';
import { Row, ROW_PX } from './row.tsx';
import { SectionHeader } from './section-header.tsx';
import type { Inbox } from './use-inbox.ts';

/** Rows from the end at which the next page is asked for. */
const AHEAD_ROWS = 60;

export function ListPane({ inbox, snoozed }: { inbox: Inbox; snoozed: number }) {
  const { waiting, sections, open, isLoading, error, showArrivals } = inbox;
  const isEmpty = sections.length === 0;
  return (
    <section
      aria-label={words.list.label}
      className={`border-line flex min-h-0 w-full flex-col border-r md:w-90 lg:w-110 xl:w-120 ${open ? 'max-md:hidden' : ''} shrink-0`}
    >
      <ListHeader inbox={inbox} snoozed={snoozed} />
      <DemoNotice inbox={inbox} />
      {isLoading && <p className="text-muted p-4">{words.list.loading}</p>}
      {error && (
        <p role="alert" className="text-risk p-4">
          {inWords(error)}
        </p>
      )}
      {!isLoading && !error && isEmpty && <EmptyList inbox={inbox} />}
      {!isEmpty && <Rows inbox={inbox} />}
      {waiting.arrivals.length > 0 && (
        <button type="button" onClick={showArrivals} className="border-line text-accent bg-panel border-t p-2 text-sm">
          {words.list.arrivals(waiting.arrivals.length)} <KeyCap>.</KeyCap>
        </button>
      )}
    </section>
  );
}

function Rows({ inbox }: { inbox: Inbox }) {
  const { sections, waiting, open, selected, toggle, openRow, loadMore } = inbox;
  const list = useRef<VListHandle>(null);
  const items = useMemo(() => itemsOf(sections), [sections]);
  const places = useMemo(() => new Map(items.map((item, at) => ['fold' in item ? item.fold : item, at])), [items]);
  const at = (open && places.get(open)) ?? -1;
  useEffect(() => {
    if (at >= 0) list.current?.scrollToIndex(at, { align: 'nearest' });
  }, [at]);
  const ticked = new Set(selected.map(({ action_id }) => action_id));
  const loadNear = (): void => {
    const handle = list.current;
    if (handle && handle.findItemIndex(handle.scrollOffset + handle.viewportSize) > items.length - AHEAD_ROWS)
      loadMore();
  };
  useEffect(loadNear);
  return (
    <VList ref={list} data={items} itemSize={ROW_PX} className="min-h-0 flex-1" onScroll={loadNear}>
      {(item) =>
        'fold' in item ? (
          <Row
            key={item.fold.action.action_id}
            fold={item.fold}
            isOpen={item.fold === open}
            isTicked={ticked.has(item.fold.action.action_id)}
            decided={waiting.decided[item.fold.action.action_id]}
            onTick={toggle}
            onOpen={openRow}
          />
        ) : (
          <SectionHeader key={`section ${item.section.key}`} section={item.section} />
        )
      }
    </VList>
  );
}

type Item = { section: Section } | { fold: Section['folds'][number] };

const itemsOf = (sections: Section[]): Item[] =>
  sections.flatMap((section) => [...(section.title ? [{ section }] : []), ...section.folds.map((fold) => ({ fold }))]);
