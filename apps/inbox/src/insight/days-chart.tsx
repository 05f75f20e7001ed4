import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { words } from '../words.ts';
import type { Day } from './insight.ts';

const HEIGHT_PX = 200;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Proposals against decisions, day by day. */
export function DaysChart({ days }: { days: Day[] }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const axis = { stroke: token('--muted'), grid: { stroke: token('--line') }, ticks: { stroke: token('--line') } };
    const chart = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max)] } },
        axes: [axis, axis],
        series: [
          {},
          { label: words.insight.proposed, stroke: token('--muted'), width: 2, dash: [4, 4] },
          { label: words.insight.decided, stroke: token('--accent'), width: 2 },
        ],
      },
      [days.map(({ at }) => at), days.map(({ proposed }) => proposed), days.map(({ decided }) => decided)],
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [days]);
  const sum = (of: 'proposed' | 'decided'): number => days.reduce((total, day) => total + day[of], 0);
  return <div ref={place} role="img" aria-label={words.insight.chart(sum('proposed'), sum('decided'), days.length)} />;
}
