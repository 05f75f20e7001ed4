// Times, as people read them: relative in the text, exact on hover.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const near = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const exactTime = (time: string): string => exact.format(new Date(time));
export const nearTime = (time: string): string => near.format(new Date(time));

const UNITS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** How long ago, or how long until: `42 min`. */
export function distance(time: string, now: number): string {
  const seconds = Math.abs(now - Date.parse(time)) / 1000;
  const [size, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}
