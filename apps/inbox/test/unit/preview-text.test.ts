import { openingOf, summaryOf } from '../../src/waiting/preview-text.ts';
import { anAction } from './an-action.ts';

describe('the text of a row', () => {
  const preview = { title: 'Email to ada@example.com', summary: 'Email to ada@example.com: Hello', fields: [] };

  it('is the summary that the service gives, else what an earlier version gave', () => {
    expect(summaryOf(anAction({ preview }))).toBe('Email to ada@example.com: Hello');
    expect(summaryOf(anAction({ preview: { title: 'Drawn', fields: [] } }))).toBe('Drawn');
    expect(summaryOf(anAction({ type: 'some_tool', preview: null }))).toBe('some_tool');
  });

  it('adds how the text begins, unless the summary has it', () => {
    expect(openingOf({ ...preview, body: { html: '<p>Whole</p><p>text</p>' } })).toBe('Whole text');
    expect(openingOf({ ...preview, summary: 'Note: “Call back”', body: { text: 'Call\nback' } })).toBe('');
    expect(openingOf(null)).toBe('');
  });
});
