import { z } from 'zod';
import { ok } from './fields.ts';
import { prefixedId } from './ids.ts';
import { plainText } from './json.ts';
import { strictFields } from './optional.ts';
import { paginationReply } from './records.ts';
import { utcTimestamp } from './time.ts';

const filter = plainText(255).min(1).optional();

/** The same names as in the address of the list. */
export const viewFilters = strictFields({
  type: filter.describe('Only these types, separated by commas.'),
  agent: filter.describe('Only those of this agent.'),
  run: filter.describe('Only those of this run.'),
  assignee: filter.describe('`me`: assigned to whoever looks; `mine`: to them or to nobody.'),
  age: filter.describe('Only those that have waited longer: `hour`, `day` or `week`.'),
  q: filter.describe('Only those with these words.'),
  group: filter.describe('How rows are grouped.'),
  sort: filter.describe('How rows are sorted.'),
}).meta({ id: 'ViewFilters', description: 'What a view of the list shows, and how.' });

const name = plainText(60).min(1);

export const createViewBody = strictFields({
  name: name.describe('Its name, which none of your other views has.'),
  filters: viewFilters.describe('What it shows.'),
  shared: z.boolean().optional().describe('True: every member who may decide sees it. False by default.'),
}).meta({
  id: 'CreateView',
  description: 'Filters of the list, under a name.',
  examples: [{ name: 'Mail for me', filters: { type: 'email_message', assignee: 'me' }, shared: false }],
});

export const view = z
  .object({
    view_id: prefixedId('view').describe('Its id.'),
    name: name.describe('Its name.'),
    filters: viewFilters.describe('What it shows.'),
    shared: z.boolean().describe('Whether every member who may decide sees it.'),
    own: z.boolean().describe('Whether you saved it.'),
    created_at: utcTimestamp.describe('When it was saved.'),
  })
  .meta({ id: 'View', description: 'Saved filters of the list.' });
export type View = z.output<typeof view>;
export const viewReply = z.object({ status: ok, view: view.describe('The view.') });
export const listViewsReply = z.object({
  status: ok,
  views: z.array(view).describe('The page, by name: your own views and those that are shared.'),
  pagination: paginationReply.describe('The position of the page.'),
});

export const removeDemoReply = z.object({
  status: ok,
  removed: z.int().describe('How many demo proposals were cancelled.'),
});
