import fc from 'fast-check';
import {
  bareSubject,
  readMessageId,
  readReferences,
  REFERENCES_BYTES_MAX,
  replySubject,
  trimReferences,
} from '../../src/index.ts';

describe('a Message-ID', () => {
  it.each([
    ['<a@b>', '<a@b>'],
    ['a@b', '<a@b>'],
    [' <a@b> ', '<a@b>'],
    ['<a@b@c>', '<a@b@c>'],
    ['<no-at-sign>', '<no-at-sign>'],
  ])('is normalised with its brackets: %s', (text, wanted) => {
    expect(readMessageId(text)).toBe(wanted);
  });

  it.each(['', '<>', 'a b', '<a\r\nBcc: x>', '<<a@b>>', `<${'x'.repeat(2_000)}@y>`])('is not %j', (text) => {
    expect(readMessageId(text)).toBeUndefined();
  });
});

describe('References', () => {
  it('are a header or a list, without duplicates and invalid ids', () => {
    expect(readReferences('<a@b>\r\n <c@d><e@f> nonsense< <a@b>')).toEqual(['<a@b>', '<c@d>', '<e@f>']);
    expect(readReferences(['<a@b>', 'c@d', '<a@b>'])).toEqual(['<a@b>', '<c@d>']);
  });

  it('keep the first and the newest that fit, in their order', () => {
    const ids = fc.uniqueArray(
      fc.nat(99_999).map((n) => `<${n}@${'x'.repeat(n % 60)}y>`),
      { minLength: 1, maxLength: 300 },
    );
    fc.assert(
      fc.property(ids, (all) => {
        const kept = trimReferences(all);
        expect(kept[0]).toBe(all[0]);
        expect(kept.join(' ').length).toBeLessThanOrEqual(REFERENCES_BYTES_MAX);
        expect(kept.slice(1)).toEqual(kept.length > 1 ? all.slice(1 - kept.length) : []);
        const next = all.at(-kept.length);
        if (kept.length < all.length)
          expect([...kept, next].join(' ').length).toBeGreaterThan(REFERENCES_BYTES_MAX - 1);
      }),
    );
  });
});

describe('a subject', () => {
  it.each([
    ['Your order', 'Re: Your order'],
    ['Re: RE: re: Your order', 'Re: Your order'],
    ['AW: Antw: SV: VS: Your order', 'Re: Your order'],
    ['Re[2]: Re(3): Re^4: Your order', 'Re: Your order'],
    ['RE : Your order', 'Re: Your order'],
    ['回复：Your order', 'Re: Your order'],
    ['Odp: YNT: RES: RIF: Your order', 'Re: Your order'],
    ['Re: Fwd: Your order', 'Re: Fwd: Your order'],
    ['Reply: Your order', 'Re: Reply: Your order'],
    ['Research: a plan', 'Re: Research: a plan'],
    ['Re:\r\nBcc: x@y', 'Re: Bcc: x@y'],
    ['', 'Re:'],
  ])('has one Re: in a reply, however many there were: %j', (subject, wanted) => {
    expect(replySubject(subject)).toBe(wanted);
    expect(replySubject(replySubject(subject))).toBe(wanted);
  });

  it('is read in linear time', () => {
    const startedAt = performance.now();
    bareSubject('Re: '.repeat(300_000));
    bareSubject(`re${' '.repeat(1_000_000)}:`);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
