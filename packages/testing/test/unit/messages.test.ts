import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messagesPage } from '../messages-page.ts';

const PAGE = path.resolve(__dirname, '../../../../docs/messages.md');
const RENEW = 'PROVISO_RECORD_MESSAGES=1 npm test -- --selectProjects=unit --testPathPatterns=messages';

/** Turns of phrase that no native engineer writes, with what to write in their place. */
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

/** Texts that are quoted from elsewhere, or are the names of things. */
const QUOTED: string[] = [];

describe('the messages of the product', () => {
  const page = messagesPage();

  it('are listed on one page, which is up to date', () => {
    if (process.env.PROVISO_RECORD_MESSAGES) writeFileSync(PAGE, page);
    const isCurrent = readFileSync(PAGE, 'utf8') === page;
    if (!isCurrent) throw new Error(`docs/messages.md is out of date. Renew it with: ${RENEW}`);
    expect(page.split('\n').length).toBeGreaterThan(1000);
  });

  it.each(CALQUES)('never say %s', (pattern, instead) => {
    const wrong = page.split('\n').filter((line) => pattern.test(line) && !QUOTED.includes(line.trim()));
    expect({ instead, wrong }).toEqual({ instead, wrong: [] });
  });
});
