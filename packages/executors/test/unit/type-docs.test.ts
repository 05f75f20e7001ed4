import { readFileSync } from 'node:fs';
import path from 'node:path';
import { builtIns } from '../../src/index.ts';

const page = readFileSync(path.resolve(__dirname, '../../../../docs/action-types.md'), 'utf8');
const examplesOf = (type: string): object[] =>
  [...page.matchAll(/^```json\n(\{\n  "type":[^`]*\})\n```$/gm)]
    .map(([, json = '']) => JSON.parse(json) as { type: string; params: object })
    .filter((example) => example.type === type)
    .map(({ params }) => params);

describe('docs/action-types.md', () => {
  it.each(builtIns().executors.map((executor) => [executor.type, executor] as const))(
    'shows params that %s accepts from a proposal',
    (type, { params, resolvedFields = [], reviewerFields = [] }) => {
      const examples = examplesOf(type);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        expect(params.safeParse(example).error).toBeUndefined();
        const refused = [...resolvedFields, ...reviewerFields] as string[];
        expect(Object.keys(example).filter((name) => refused.includes(name))).toEqual([]);
      }
    },
  );
});
