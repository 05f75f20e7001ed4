import { dayOrInstant, instant } from '../../src/index.ts';

describe('a time', () => {
  it.each([
    ['2026-12-01T10:00:00Z', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01t10:00:00z', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01T10:00:00+02:00', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T10:00:00-00:00', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01T10:00:00.123456789Z', '2026-12-01T10:00:00.123Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T01:29:60.5+01:30', '2017-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('is read as in RFC 3339: %s', (text, wanted) => {
    expect(instant.parse(text)).toBe(wanted);
  });

  it.each([
    ['2026-12-01T10:00:00', 'needs an offset: add Z or an offset such as +02:00'],
    ['2026-12-01 10:00', 'needs an offset: add Z or an offset such as +02:00'],
    ['2026-12-01', 'needs a time of day and an offset'],
    ['2026-02-30T10:00:00Z', 'is not a valid date and time'],
    ['2026-13-01T10:00:00Z', 'is not a valid date and time'],
    ['1969-12-31T23:59:59Z', 'must be between the years 1970 and 9999'],
    ['2026-12-01T24:00:00Z', 'must be an RFC 3339 time'],
    ['2026-12-01T10:00:00+24:00', 'must be an RFC 3339 time'],
    ['tomorrow', 'must be an RFC 3339 time'],
  ])('is refused, naming what is missing: %s', (text, says) => {
    expect(instant.safeParse(text).error?.issues[0]?.message).toContain(says);
  });

  it('may be a date where a date is enough', () => {
    expect(dayOrInstant.parse('2026-12-01')).toBe('2026-12-01T00:00:00.000Z');
  });
});
