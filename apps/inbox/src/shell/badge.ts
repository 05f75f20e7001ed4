import { words } from '../words.ts';

/** How many wait: in the title of the tab, and on the icon of the installed app. */
export function showCount(count: number | undefined): void {
  document.title = count ? `(${count}) ${words.product}` : words.product;
  if (!('setAppBadge' in navigator)) return; // not every browser has it
  const shown = count ? navigator.setAppBadge(count) : navigator.clearAppBadge();
  shown.catch(() => undefined); // a page that is not installed may not
}
