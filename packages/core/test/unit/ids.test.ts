import {
  contactId,
  hashJson,
  hashToken,
  lookupOf,
  newId,
  newToken,
  parseId,
  formatId,
  tokenFault,
} from '@proviso/core';
import { until } from '@proviso/testing';

describe('ids', () => {
  it('are UUIDs of version 7, in the order of their making to the millisecond', async () => {
    const first = newId();
    const madeAt = Date.now();
    await until('the next millisecond', () => Date.now() > madeAt);
    const second = newId();
    for (const id of [first, second])
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first < second).toBe(true);
  });

  it('are read in both forms and shown in one', () => {
    const uuid = newId();
    const shown = formatId('action', uuid);
    expect(shown).toMatch(/^act_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect([parseId('action', shown), parseId('action', uuid), parseId('action', uuid.toUpperCase())]).toEqual([
      uuid,
      uuid,
      uuid,
    ]);
    expect(contactId.parse(uuid)).toBe(formatId('contact', uuid));
  });

  it.each([
    '',
    'act_',
    'act_xyz',
    'ct_01h455vb4pex5vsknk084sn02q',
    '01h455vb4pex5vsknk084sn02q',
    'act_81h455vb4pex5vsknk084sn02q',
    'act_01h455vb4pex5vsknk084sn02\u0000',
  ])('%j is not the id of an action', (text) => expect(parseId('action', text)).toBeUndefined());
});

describe('tokens', () => {
  it('have eight visible characters and over 230 bits of entropy, and never repeat', () => {
    const tokens = Array.from({ length: 1_000 }, newToken);
    for (const token of tokens) expect(token).toMatch(/^pv_[0-9A-Za-z]{8}_[0-9A-Za-z]{40}$/);
    expect(new Set(tokens).size).toBe(1_000);
    expect(lookupOf(tokens[0] as string)).toBe((tokens[0] as string).slice(3, 11));
  });

  it('are stored as a hash that reveals nothing', () => {
    const token = newToken();
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashToken(token)).not.toBe(hashToken(newToken()));
  });

  it('must be long enough and printable if an operator chose them', () => {
    expect(tokenFault('short')).toBeDefined();
    expect(tokenFault(`with a space ${'x'.repeat(20)}`)).toBeDefined();
    expect(tokenFault('x'.repeat(20))).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  it('hashes the same whatever the order of keys (RFC 8785)', () =>
    expect(hashJson({ b: 1, a: { d: [1, 2], c: 'é' } })).toBe(hashJson({ a: { c: 'é', d: [1, 2] }, b: 1 })));

  it.each([
    [{ a: '1' }, { a: 1 }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: null }, {}],
    [{ a: 'é' }, { a: 'e\u0301' }],
  ])('tells %j from %j', (one, other) => expect(hashJson(one as never)).not.toBe(hashJson(other as never)));
});
