import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messagesPage } from '../messages-page.ts';

const ROOT = path.resolve(__dirname, '../../../..');
const PAGE = path.join(ROOT, 'docs/messages.md');
const RENEW = 'PROVISO_RECORD_MESSAGES=1 npm test -- --selectProjects=unit --testPathPatterns=messages';

/** Phrases that no native engineer writes, and what to write instead. */
const CALQUES: [pattern: RegExp, instead: string][] = [
  [/\bstands? (beside|twice|in no)\b/i, 'cannot be combined with; is given twice; is in no'],
  [/\bhangs? on\b/i, 'depends on'],
  [/\b(?<!there )(is|are|was) no (?!longer|more than)/i, 'is not a'],
  [/\b(so|as) many of\b/i, 'up to N'],
  [/\bof (its|his|her|their|your|one's) own\b/i, 'its own X; separate'],
  [/\bby now\b/i, 'already; now'],
  [/\bno more(?=[.,;:]|$)/i, 'no longer'],
  [/\banew\b/i, 'again'],
  [/\bNobody has\b/, 'has no; has not been'],
  [/\bof (a|an|the) [a-z]+ alone\b/i, 'only'],
  [/\bcannot (be )?stand\b/i, 'cannot be combined'],
  [/\bthat there (is|are)\b/i, 'existing'],
  [/\bis not right\b/i, 'is invalid'],
  [/\bin this moment\b/i, 'just now'],
  [/\b(\p{L}{3,}) \1\b/u, 'the word once'],
  [/\blets? (it|them|her|him) in\b/i, 'admits; acquires a slot'],
];

const DOCUMENTS = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'packages/sdk/README.md']
  .concat(readdirSync(path.join(ROOT, 'docs')).map((file) => `docs/${file}`))
  .concat(readdirSync(path.join(ROOT, 'docs/adr')).map((file) => `docs/adr/${file}`))
  .filter((file) => file.endsWith('.md') && file !== 'docs/messages.md');

/** The lines of a document, without code and the titles of tests. */
const proseOf = (file: string): string[] =>
  readFileSync(path.join(ROOT, file), 'utf8')
    .replaceAll(/```[^]*?```|`[^`\n]*`|"[^"\n]*"/g, '…')
    .split('\n');

describe('the messages of the product', () => {
  const page = messagesPage();

  it('are listed on one page, which is up to date', () => {
    if (process.env.PROVISO_RECORD_MESSAGES) writeFileSync(PAGE, page);
    const isCurrent = readFileSync(PAGE, 'utf8') === page;
    if (!isCurrent) throw new Error(`docs/messages.md is out of date. Renew it with: ${RENEW}`);
    expect(page.split('\n').length).toBeGreaterThan(1000);
  });

  it.each(CALQUES)('never say %s', (pattern, instead) => {
    const wrong = page.split('\n').filter((line) => pattern.test(line));
    expect({ instead, wrong }).toEqual({ instead, wrong: [] });
  });

  it.each(CALQUES)('and no document says %s', (pattern, instead) => {
    const wrong = DOCUMENTS.flatMap((file) => proseOf(file).filter((line) => pattern.test(line)));
    expect(DOCUMENTS.length).toBeGreaterThan(15);
    expect({ instead, wrong }).toEqual({ instead, wrong: [] });
  });
});
