import type { Action, JsonObject } from '@proviso/contracts';
import { align } from '../../src/review/align.ts';
import { editsOfRow, pieceId, templateOf, type Row, type Template } from '../../src/review/template.ts';
import { anAction } from './an-action.ts';

const NAMES = ['Kim', 'Ravi', 'Mia', 'Tom', 'Zoe'];
const TOPICS = ['yesterday’s demo', 'pricing', 'the pilot', 'onboarding'];
const DAYS = ['Monday', 'Tuesday', 'Friday'];
const mail = (name: string, topic: string, sentence: string, day: string): JsonObject => ({
  email: `${name.toLowerCase()}@${topic.length}.example`,
  subject: `Following up on ${topic}`,
  message: `Hi ${name},\n\ncircling back on ${topic}. ${sentence}\n\nWould ${day} work for a short call?\n\nBest, Ada`,
});
const usual = (count: number): Action[] =>
  Array.from({ length: count }, (_, at) => {
    const params = mail(NAMES[at % 5] ?? '', TOPICS[at % 4] ?? '', 'You asked how exports work.', DAYS[at % 3] ?? '');
    return anAction({ params: { ...params, email: `${at}@example.com` } });
  });
const flagged = ({ rows }: Template) =>
  rows
    .filter(({ flags }) => flags.length > 0)
    .map(({ action, flags }) => [action.params.email, flags.map(({ kind }) => kind)]);
const rowOf = ({ rows }: Template, action: Action): Row => rows.find((row) => row.action === action) as Row;

describe('the review of many as one template', () => {
  it('shows what all say, with a column for each part that varies', () => {
    const { parts, columns, rows } = templateOf(usual(20));
    const shown = parts.map(({ path, pieces }) => [
      path,
      pieces.map((piece) => (typeof piece === 'string' ? piece : `{${columns[piece.column]?.name}}`)).join(''),
    ]);
    expect(Object.fromEntries(shown)).toEqual({
      email: '{email}',
      subject: 'Following up on {Following up on …}',
      message:
        'Hi {Hi …},\n\ncircling back on {circling back on …}. You asked how exports work.\n\nWould {Would …} work for a short call?\n\nBest, Ada',
    });
    expect(rows[0]?.cells).toEqual(['0@example.com', 'yesterday’s demo', 'Kim', 'yesterday’s demo', 'Monday']);
  });

  it('puts first what stands out: an amount, a long text, an unfilled placeholder, another structure', () => {
    const outliers = [
      mail('Sam', 'the audit', 'We can waive the penalty of €12 000.', 'Friday'),
      mail('Lee', 'pricing', `I also wanted to go through ${'all of our long history, '.repeat(12)} too.`, 'Monday'),
      mail('{{first_name}}', 'pricing', 'You asked how exports work.', 'Monday'),
      { email: 'pat@example.com', subject: 'Hello', message: 'Something else entirely, with no common line at all.' },
    ].map((params) => anAction({ params }));
    expect(Object.fromEntries(flagged(templateOf([...usual(30), ...outliers])))).toEqual({
      'sam@9.example': ['amount'],
      'lee@7.example': ['length'],
      '{{first_name}}@7.example': expect.arrayContaining(['placeholder']),
      'pat@example.com': ['structure'],
    });
  });

  it('names a recipient that was never written to only where the others were', () => {
    const actions = usual(20);
    const recipients = new Set(actions.slice(1).map(({ params }) => params.email as string));
    expect(flagged(templateOf(actions, { recipients }))).toEqual([['0@example.com', ['recipient']]]);
    expect(flagged(templateOf(actions, { recipients: new Set() }))).toEqual([]);
  });

  it('writes a changed cell into its own text, and leaves the rest to the letter', () => {
    const actions = usual(20);
    const [action] = actions as [Action];
    const template = templateOf(actions);
    const column = template.columns.find(({ name }) => name === 'Would …')?.key ?? '';
    const cells = { [column]: { before: 'Monday', text: 'Sunday' } };
    const edits = { message: (action.params.message as string).replace('Monday', 'Sunday') };
    expect(editsOfRow(template, rowOf(template, action), { cells, commons: {} })).toEqual(edits);
    // Whatever other columns come or go with the rows, it stays in its column; over another text it does not count.
    const fewer = templateOf(actions.filter((_, at) => at < 10 || at === 15));
    expect(fewer.columns.map(({ key }) => key)).toContain(column);
    const more = templateOf([
      ...actions,
      anAction({ ...action, action_id: 'act_x', params: { ...action.params, cc: 'a@example.com' } }),
    ]);
    expect(more.columns.length).toBeGreaterThan(template.columns.length);
    expect(editsOfRow(more, rowOf(more, action), { cells, commons: {} })).toEqual(edits);
    const elsewhere = { [column]: { before: 'Friday', text: 'Sunday' } };
    expect(editsOfRow(template, rowOf(template, action), { cells: elsewhere, commons: {} })).toEqual({});
  });

  it('puts what is written over the common text into each row, beside the words of its cells, and only over that text', () => {
    const actions = usual(6);
    const template = templateOf(actions);
    const part = template.parts.findIndex(({ path }) => path === 'message');
    const place =
      template.parts[part]?.pieces.findIndex((piece) => typeof piece === 'string' && piece.includes('short call')) ??
      -1;
    const before = template.parts[part]?.pieces[place] as string;
    const text = before.replace('short call', 'coffee');
    for (const action of actions) {
      const edit = (of: string) =>
        editsOfRow(template, rowOf(template, action), {
          cells: {},
          commons: { [pieceId(part, place)]: { before: of, text } },
        });
      expect(edit(before)).toEqual({ message: (action.params.message as string).replace('short call', 'coffee') });
      expect(edit('What the template said before')).toEqual({});
    }
  });

  it('keeps the type and the place of a value inside a param', () => {
    const actions = [100, 200, 300].map((amount) => anAction({ params: { arguments: { amount, currency: 'EUR' } } }));
    const template = templateOf(actions);
    const [action] = actions as [Action];
    const cells = { [template.columns[0]?.key ?? '']: { before: '100', text: '150' } };
    expect(editsOfRow(template, rowOf(template, action), { cells, commons: {} })).toEqual({
      arguments: { amount: 150, currency: 'EUR' },
    });
  });

  it('puts every text together again from its pieces', () => {
    const texts = [
      'Dear Ada, a b c. Yours',
      'Dear Kim, d e f g. Yours',
      'Dear Lee, . Yours',
      'Dear Ada, a b c. Yours too',
    ];
    const { commons, cells } = align(texts[0] ?? '', texts);
    for (const [at, row] of cells.entries())
      if (row) expect(commons.map((common, piece) => (row[piece - 1] ?? '') + common).join('')).toBe(texts[at]);
  });
});
