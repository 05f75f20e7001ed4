import { until } from '@proviso/testing';
import type { CDPSession, Page } from 'playwright-core';
import type { Inbox, Office } from '../../tests/browser/open-inbox.ts';
import { propose, task } from '../../tests/browser/propose.ts';
import type { Figure } from './main.ts';

const ROWS = 50;
const ROUNDS = 3;
/** Each proposal that comes and is decided elsewhere is two events. */
const EVENTS = 1_000;
const PER_REQUEST = 100;
const KIB = 1_024;

/** What the page keeps of a thousand events after a thousand others: of what came and went, nothing. */
export async function measureMemory(inbox: Inbox): Promise<Figure[]> {
  const office = await inbox.office();
  const { page } = office;
  await propose(office, ...Array.from({ length: ROWS }, (_, at) => task(`Call customer ${at}`)));
  await page.goto('/?group=none');
  await page.getByText('live', { exact: true }).waitFor();
  const session = await page.context().newCDPSession(page);
  const heaps: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await comeAndGo(office);
    heaps.push(await heapOf(session, page));
  }
  await page.context().close();
  const [first = 0] = heaps;
  return [
    { name: `heap with ${ROWS} rows, after ${EVENTS} events`, value: first / KIB / KIB, unit: 'MiB', bar: 64 },
    {
      name: `heap that each further ${EVENTS} events keep`,
      value: ((heaps.at(-1) ?? 0) - first) / (ROUNDS - 1) / KIB,
      unit: 'KiB',
      bar: 512,
    },
  ];
}

async function comeAndGo(office: Office): Promise<void> {
  const { page, reviewer } = office;
  for (let sent = 0; sent < EVENTS; sent += 2 * PER_REQUEST) {
    const ids = await propose(office, ...Array.from({ length: PER_REQUEST }, (_, at) => task(`Passing ${sent + at}`)));
    await page.getByRole('button', { name: new RegExp(`${PER_REQUEST} new`) }).waitFor();
    await reviewer('POST', '/v1/actions/approve/bulk', { action: 'reject', action_ids: ids });
    await page.getByRole('button', { name: /\d new/ }).waitFor({ state: 'hidden' });
  }
}

async function heapOf(session: CDPSession, page: Page): Promise<number> {
  await until('nothing to be on its way', () => page.evaluate<boolean>('document.readyState === "complete"'));
  for (let at = 0; at < 3; at++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
