import { until } from '@proviso/testing';
import type { Inbox } from '../../tests/browser/open-inbox.ts';
import { propose, task } from '../../tests/browser/propose.ts';
import type { Figure } from './main.ts';
import { cardOf, percentile, startStopwatch, timesOf } from './stopwatch.ts';

const WAITING = 10_000;
const PER_REQUEST = 1_000;
const COLD_STARTS = 5;
const STEPS = 150;

/** Keeps when the first row was on the screen, from the start of the navigation. */
const WATCH_FIRST_ROW = `(() => {
  const look = () => {
    if (!document.querySelector('section a[href*="open="] strong')) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (window.firstRow = performance.now());
    port2.postMessage(0);
  };
  requestAnimationFrame(look);
})()`;

/** Ten thousand wait: how soon the first row is there in a browser that has nothing, and how fast one moves. */
export async function measureMany(inbox: Inbox): Promise<Figure[]> {
  const office = await inbox.office();
  const { page } = office;
  for (let from = 0; from < WAITING; from += PER_REQUEST)
    await propose(office, ...Array.from({ length: PER_REQUEST }, (_, at) => task(`Call customer ${from + at}`)));
  const storageState = await page.context().storageState();
  const firstRows: number[] = [];
  for (let at = 0; at < COLD_STARTS; at++) {
    const context = await page
      .context()
      .browser()
      ?.newContext({ storageState, viewport: { width: 1440, height: 900 } });
    const cold = await context?.newPage();
    if (!cold) throw new Error('The browser opened no page.');
    await cold.addInitScript(WATCH_FIRST_ROW);
    await cold.goto(new URL('/', page.url()).href);
    firstRows.push(await until('the first row', () => cold.evaluate<number>('window.firstRow'), 20_000));
    await context?.close();
  }
  await page.goto('/');
  await until('the first card', async () => (await cardOf(page).catch(() => []))[0] !== undefined);
  await startStopwatch(page);
  for (let at = 0; at < STEPS; at++) {
    const [, measured] = await cardOf(page);
    await page.keyboard.press(at % 5 === 4 ? 'k' : 'j');
    await until('the next card', async () => (await cardOf(page))[1] > measured, 5_000);
  }
  const times = await timesOf(page);
  await page.context().close();
  return [
    {
      name: '10 000 waiting: cold, to the first row, median',
      value: percentile(firstRows, 0.5),
      unit: 'ms',
      bar: 1_500,
    },
    { name: '10 000 waiting: cold, to the first row, worst', value: Math.max(...firstRows), unit: 'ms', bar: 1_500 },
    { name: '10 000 waiting: j and k to the next card, p50', value: percentile(times, 0.5), unit: 'ms', bar: 50 },
    { name: '10 000 waiting: j and k to the next card, p95', value: percentile(times, 0.95), unit: 'ms', bar: 50 },
  ];
}
