import { until } from '@proviso/testing';
import type { Inbox } from '../../tests/browser/open-inbox.ts';
import { mixedProposals } from './mixed-proposals.ts';
import type { Figure } from './main.ts';
import { propose, read } from '../../tests/browser/propose.ts';
import { cardOf, emptyFrames, percentile, startStopwatch, timesOf } from './stopwatch.ts';

const COUNT = 100;
const EVERY_REJECTED = 8;

/** A hundred proposals of five types, decided by single keys as fast as the next card comes. */
export async function measureDeciding(inbox: Inbox): Promise<Figure[]> {
  const office = await inbox.office();
  const { page } = office;
  const proposals = await mixedProposals(office, COUNT);
  const ids = await propose(office, ...proposals);
  const types = new Map(ids.map((id, at) => [id, proposals[at]?.type]));
  await page.goto('/?group=none');
  await until('the first card', async () => (await cardOf(page).catch(() => []))[0] !== undefined);
  const idle = await emptyFrames(page, COUNT);
  await startStopwatch(page);
  const start = performance.now();
  for (let at = 0; at < COUNT; at++) {
    const [id = '', measured] = await cardOf(page);
    if (types.get(id) === 'escalate_to_human') await page.keyboard.press('2');
    else if (at % EVERY_REJECTED === 0) {
      await page.keyboard.press('r');
      await page.keyboard.press('Enter');
    } else await page.keyboard.press('a');
    if (at < COUNT - 1) await until('the next card', async () => (await cardOf(page))[1] > measured, 5_000);
  }
  const seconds = (performance.now() - start) / 1_000;
  for (const id of ids)
    await until(`${id} to be decided`, async () => (await read(office, id)).status !== 'pending_approval', 30_000);
  const times = await timesOf(page);
  if (times.length !== COUNT - 1) throw new Error(`${times.length} of ${COUNT - 1} cards were measured`);
  await page.context().close();
  return [
    { name: `${COUNT} mixed proposals, decided by keys`, value: seconds, unit: 's', bar: 60 },
    { name: 'from a key that does nothing to a frame, p95', value: percentile(idle, 0.95), unit: 'ms', bar: 50 },
    { name: 'from the key of a decision to the next card, p50', value: percentile(times, 0.5), unit: 'ms', bar: 100 },
    { name: 'from the key of a decision to the next card, p95', value: percentile(times, 0.95), unit: 'ms', bar: 100 },
  ];
}
