import { until } from '@proviso/testing';
import type { Page } from 'playwright-core';

/**
 * Measures within the page: from the event of a key that is pressed to the frame that shows another card. The times are
 * kept in `window.cardTimes`.
 */
const STOPWATCH = `(() => {
  window.cardTimes = [];
  const shown = () => document.querySelector('section a[title^="act_"]')?.title;
  let pressed, before;
  addEventListener('keydown', ({ timeStamp, isTrusted }) => {
    if (isTrusted) [pressed, before] = [timeStamp, shown()];
  }, true);
  const look = () => {
    const now = shown();
    if (pressed !== undefined && now !== undefined && now !== before) {
      const [from, channel] = [pressed, new MessageChannel()];
      pressed = undefined;
      // The task after a frame: by then it has been painted.
      channel.port1.onmessage = () => window.cardTimes.push(performance.now() - from);
      channel.port2.postMessage(0);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

export const startStopwatch = (page: Page): Promise<void> => page.evaluate(STOPWATCH);

/** The card that is open, and how many changes of it were measured. */
export const cardOf = (page: Page): Promise<[string | undefined, number]> =>
  page.evaluate(`[document.querySelector('section a[title^="act_"]')?.title, window.cardTimes?.length ?? 0]`);

/** From a key that does nothing to the frame after it: what this machine takes for itself at the moment. */
export async function emptyFrames(page: Page, count: number): Promise<number[]> {
  await page.evaluate(`(() => {
    window.frameTimes = [];
    addEventListener('keydown', ({ key, timeStamp }) => {
      if (key !== 'F8') return;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.frameTimes.push(performance.now() - timeStamp);
        port2.postMessage(0);
      });
    });
  })()`);
  for (let at = 1; at <= count; at++) {
    await page.keyboard.press('F8');
    await until('the frame', () => page.evaluate<boolean>(`window.frameTimes.length >= ${at}`), 5_000);
  }
  return page.evaluate('window.frameTimes');
}

export const timesOf = (page: Page): Promise<number[]> => page.evaluate('window.cardTimes');

export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
