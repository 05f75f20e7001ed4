// The times that a snooze offers, by this person's clock and time zone. Held by apps/inbox/test/unit/snooze-times.test.ts.
const HOUR_MS = 3_600_000;
const MORNING_HOUR = 9;
const MONDAY = 1;

export interface SnoozeTime {
  name: 'hour' | 'hours' | 'tomorrow' | 'monday' | 'change';
  /** Null: until it changes. */
  until: Date | null;
}

function morningIn(days: number, now: Date): Date {
  const day = new Date(now);
  day.setDate(day.getDate() + days);
  day.setHours(MORNING_HOUR, 0, 0, 0);
  return day;
}

export function snoozeTimes(now: Date): SnoozeTime[] {
  const daysToMonday = (MONDAY + 7 - now.getDay()) % 7 || 7;
  return [
    { name: 'hour', until: new Date(now.getTime() + HOUR_MS) },
    { name: 'hours', until: new Date(now.getTime() + 4 * HOUR_MS) },
    { name: 'tomorrow', until: morningIn(1, now) },
    { name: 'monday', until: morningIn(daysToMonday, now) },
    { name: 'change', until: null },
  ];
}
