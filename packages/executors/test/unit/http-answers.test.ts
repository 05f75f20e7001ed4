import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readAnswer, wordsOf } from '../../src/http/answer.ts';
import { failureOf } from '../../src/http/outcome.ts';
import { maskOf } from '../../src/masking.ts';

const mask = maskOf({ token: 's3cr3t"t0ken' });
const read = (status: number, body: string, headers: Record<string, string> = {}) =>
  readAnswer(new Response(body, { status, headers }), mask);
const failure = async (...[status, body, headers]: Parameters<typeof read>) => {
  const answer = await read(status, body, headers);
  return failureOf('Acme', { sent: () => true, answer: () => answer });
};

describe('an answer that arrived', () => {
  it.each([
    [503, { 'retry-after': '120' }, { kind: 'retry', undone: false, afterMs: 120_000 }],
    [502, {}, { kind: 'retry', undone: false }],
    [408, {}, { kind: 'retry', undone: false }],
    [425, {}, { kind: 'retry', undone: true }],
    [429, {}, { kind: 'retry', undone: true, afterMs: 30_000 }],
    [429, { 'retry-after': '7' }, { kind: 'retry', undone: true, afterMs: 7_000 }],
    [429, { 'retry-after': '0' }, { kind: 'retry', undone: true, afterMs: 1_000 }],
    [403, { 'retry-after': '7' }, { kind: 'refused' }],
    [409, {}, { kind: 'refused' }],
    [200, {}, { kind: 'retry', undone: false }],
  ])('is classified by its status, %s %j, whatever its body', async (status, headers, outcome) => {
    for (const body of [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '<html>',
      '{"ok":true,"message":"Sent."}',
      '['.repeat(200_000),
    ])
      expect(await failure(status, body, headers)).toMatchObject(outcome);
  });

  it('gives a time to wait for, relative to its own clock', async () => {
    const headers = { date: 'Fri, 27 Nov 2026 22:00:00 GMT', 'retry-after': 'Fri, 27 Nov 2026 22:05:00 GMT' };
    expect(await failure(429, '', headers)).toMatchObject({ afterMs: 300_000 });
    expect(await failure(429, '', { ...headers, 'retry-after': 'soon' })).toMatchObject({ afterMs: 30_000 });
  });

  it('says what to do when credentials were refused', async () => {
    for (const status of [401, 403])
      expect(await failure(status, '')).toEqual({
        kind: 'refused',
        message: `Acme refused it (${status}). Check the credentials and what they allow.`,
      });
  });

  it('keeps its status if its body breaks off', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"message":"no'));
        controller.error(new Error('cut'));
      },
    });
    const answer = await readAnswer(new Response(body, { status: 422 }), mask);
    expect(answer).toMatchObject({ status: 422, ok: false, body: undefined, brokenBy: new Error('cut') });
  });
});

describe('the provider’s own words', () => {
  it.each([
    ['{"error":"No such order 4711"}', 'No such order 4711'],
    ['{"error":{"message":"No such order"}}', 'No such order'],
    ['{"error":{"code":"gone","message":"No such order"}}', 'gone: No such order'],
    ['{"name":"validation_error","message":"Bad from"}', 'validation_error: Bad from'],
    ['{"title":"Locked","detail":"Try it on Monday"}', 'Try it on Monday'],
    ['{"message":"Two faults","errors":[{"message":"a is wrong"},"b is wrong"]}', 'Two faults: a is wrong; b is wrong'],
    ['{"errors":{"email":["is taken"]}}', '{"errors":{"email":["is taken"]}}'],
    ['["first","second"]', 'first; second'],
    ['{"odd":1}', '{"odd":1}'],
    ['{"message":""}', '{"message":""}'],
    ['No such\n\torder', 'No such order'],
    ['{}', ''],
    ['null', ''],
    ['', ''],
    ['<html><h1>Bad gateway</h1></html>', ''],
    ['{"message":"half', ''],
    ['{"message":"not s3cr3t\\"t0ken"}', 'not [hidden]'],
    [JSON.stringify({ message: JSON.stringify({ token: 's3cr3t"t0ken' }) }), '{"token":"[hidden]"}'],
  ])('of %s are %s', async (body, words) => expect(wordsOf(await read(422, body))).toBe(words));

  it('are limited in length', async () => {
    expect(wordsOf(await read(422, 'x'.repeat(10_000)))).toHaveLength(500);
    expect(wordsOf(await read(422, JSON.stringify({ message: 'x'.repeat(10_000) })))).toHaveLength(500);
  });
});

it('No provider reads a response itself: the one place that does checks its status first', () => {
  const src = path.resolve(__dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const reading = files.filter((name) =>
    /\.(?:json|text|arrayBuffer)\(\)/.test(readFileSync(path.join(src, name), 'utf8')),
  );
  expect(reading).toEqual([]);
  const raw = files.filter((name) => /\btracker\.fetch\(/i.test(readFileSync(path.join(src, name), 'utf8')));
  expect(raw).toEqual([path.join('egress', 'fetch.ts')]);
});
