import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { JsonObject } from '@proviso/contracts';
import { checkSchema, inputFault } from '../../src/schema/input-schema.ts';

const own = (workspaceId: string, schema: JsonObject) => ({ workspaceId, schema });
/** A schema that no other test has compiled, and that takes as long as it may. */
const slow = (name: string): JsonObject => ({ title: name, type: 'object', properties: { a: { uniqueItems: true } } });
const SLOW_INPUT = { a: Array.from({ length: 20_000 }, (_, index) => ({ index })) };

describe('the thread of schemas', () => {
  it('makes a workspace wait for one job of each other, however many they have', async () => {
    const order: string[] = [];
    const flood = Array.from({ length: 6 }, async (_, index) => {
      await inputFault(own('flood', slow(`flood ${index}`)), SLOW_INPUT);
      order.push('flood');
    });
    const other = inputFault(own('other', { type: 'object' }), {}).then(() => order.push('other'));
    await Promise.all([...flood, other]);
    expect(order.indexOf('other')).toBeLessThanOrEqual(1);
  });

  it('continues after a job that timed out, without delaying another workspace', async () => {
    const schema = slow('rests');
    expect(await inputFault(own('a', schema), SLOW_INPUT)).toMatchObject({
      message: expect.stringContaining('in time'),
    });
    expect(await inputFault(own('a', schema), { a: [] })).toMatchObject({
      message: expect.stringContaining('in time'),
    });
    expect(await inputFault(own('b', schema), { a: [] })).toBeUndefined();
    expect(await inputFault(own('b', schema), { a: [1, 1] })).toMatchObject({ path: ['a'] });
  });

  it('continues after a job that ran out of memory', async () => {
    const wide = Array.from({ length: 60 }, (_, index) => [`p${index}`, { pattern: `^(a?){900}b{${index}}` }]);
    const schema = { type: 'object', properties: Object.fromEntries(wide) as JsonObject };
    const input = Object.fromEntries(wide.map(([name]) => [name, 'a'.repeat(4_000)])) as JsonObject;
    await inputFault(own('c', schema), input);
    expect(await inputFault(own('c', { type: 'object', required: ['x'] }), {})).toMatchObject({ path: ['x'] });
  });

  it('keeps 300 definitions apart, more than it keeps compiled', async () => {
    const schemas = Array.from({ length: 300 }, (_, index) => ({ type: 'object', required: [`r${index}`] }));
    for (const schema of schemas) expect(await checkSchema(own('d', schema))).not.toHaveProperty('fault');
    for (const [index, schema] of schemas.entries())
      expect(await inputFault(own('d', schema), {})).toEqual({ path: [`r${index}`], message: 'is required' });
  });

  it('keeps no process alive', async () => {
    const ask =
      "import { checkSchema } from '@proviso/core/executor'; console.log(await checkSchema({ workspaceId: 'w', schema: {} }))";
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', ask], {
      timeout: 20_000,
    });
    expect(stdout).toContain('untested');
  }, 30_000);
});
