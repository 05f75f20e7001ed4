import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKeyRingFile, loadKeyRing, openSecret, readKeyRing, sealSecret } from '@proviso/core';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const ring = readKeyRing(`new:${key(1)},old:${key(2)}`);
const secret = { user: 'ada', pass: 'correct horse' };

describe('secrets', () => {
  it('can be decrypted in their own place', () =>
    expect(openSecret(ring, sealSecret(ring, secret, 'row:1'), 'row:1')).toEqual(secret));

  it('cannot be decrypted in another place', () => {
    const sealed = sealSecret(ring, secret, 'row:1');
    expect(() => openSecret(ring, sealed, 'row:2')).toThrow();
  });

  it('reveal nothing, and never look the same twice', () => {
    const sealed = Array.from({ length: 100 }, () => sealSecret(ring, secret, 'row:1'));
    expect(new Set(sealed).size).toBe(100);
    for (const text of sealed) expect(text).not.toMatch(/correct|horse/);
  });

  it.each([0, 1, 2])('cannot be decrypted when one character of part %s was changed', (part) => {
    const parts = sealSecret(ring, secret, 'row:1').split('.');
    const text = parts[part + 1] as string;
    parts[part + 1] = (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
    expect(() => openSecret(ring, parts.join('.'), 'row:1')).toThrow();
  });

  it('are encrypted with the first key and decrypted with any', () => {
    const old = sealSecret(readKeyRing(`old:${key(2)}`), secret, 'row:1');
    expect(openSecret(ring, old, 'row:1')).toEqual(secret);
    expect(sealSecret(ring, secret, 'row:1')).toMatch(/^v1\.new\./);
    expect(() => openSecret(readKeyRing(`new:${key(1)}`), old, 'row:1')).toThrow(/no key "old"/);
  });

  it('cannot be stored without a key, and nothing is stored in plain text instead', () =>
    expect(() => sealSecret(new Map(), secret, 'row:1')).toThrow(/PROVISO_SECRET_KEYS/));

  it.each(['k:short', `k:${key(1)},k:${key(2)}`, `:${key(1)}`, `a b:${key(1)}`])('refuse the keys %s', (text) =>
    expect(() => readKeyRing(text)).toThrow(/32 bytes/),
  );

  it('create a key file once, readable by its owner only', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'proviso-')), 'keys');
    createKeyRingFile(file);
    const first = loadKeyRing({ file });
    createKeyRingFile(file);
    expect(loadKeyRing({ file })).toEqual(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
