import { snoozeTimes } from '../../src/together/snooze-times.ts';

const untilOf = (name: string, now: Date): Date | null | undefined =>
  snoozeTimes(now).find((time) => time.name === name)?.until;

describe('the times of a snooze', () => {
  it('are mornings of this person’s days, also over the end of a month', () => {
    const friday = new Date(2030, 4, 31, 17, 30);
    expect(untilOf('tomorrow', friday)).toEqual(new Date(2030, 5, 1, 9));
    expect(untilOf('monday', friday)).toEqual(new Date(2030, 5, 3, 9));
    expect(untilOf('hour', friday)).toEqual(new Date(2030, 4, 31, 18, 30));
  });

  it('on a Monday mean the next one, and on a Sunday tomorrow', () => {
    expect(untilOf('monday', new Date(2030, 5, 3, 8))).toEqual(new Date(2030, 5, 10, 9));
    expect(untilOf('monday', new Date(2030, 5, 2, 8))).toEqual(new Date(2030, 5, 3, 9));
  });

  it('are all in the future but the one without a time', () => {
    const now = new Date(2030, 0, 1, 23, 59);
    expect(snoozeTimes(now).map(({ until }) => until === null || until > now)).toEqual([true, true, true, true, true]);
  });
});
