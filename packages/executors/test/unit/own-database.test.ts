import type { JsonObject } from '@proviso/contracts';
import type { Executor } from '@proviso/core/executor';
import {
  createNote,
  createTask,
  escalateToHuman,
  linkedinConnection,
  updateCompany,
  updateContact,
  updateLifecycleStage,
} from '../../src/index.ts';
import { ACME, ADA, contact, lookupContext, runOf } from '../records.ts';

describe.each<[Executor, [string, JsonObject][]]>([
  [
    createNote,
    [
      ['empty content', { content: '', contact_id: ADA }],
      ['content beyond 65536 characters', { content: 'x'.repeat(65_537), contact_id: ADA }],
      ['neither contact nor company', { content: 'x' }],
      ['both contact and company', { content: 'x', contact_id: ADA, company_id: ACME }],
      ['the id of another kind', { content: 'x', contact_id: ACME }],
      ['an unknown field', { content: 'x', contact_id: ADA, colour: 'red' }],
    ],
  ],
  [
    createTask,
    [
      ['no title', {}],
      ['an empty title', { title: '' }],
      ['a day that does not exist', { title: 'x', due_date: '2026-02-30' }],
      ['a time without an offset', { title: 'x', due_date: '2026-02-03T10:00:00' }],
      ['the id of another kind', { title: 'x', contact_id: ACME }],
    ],
  ],
  [
    updateContact,
    [
      ['no contact', { properties: { a: 1 } }],
      ['no properties', { contact_id: ADA }],
      ['properties that change nothing', { contact_id: ADA, properties: {} }],
      ['properties that are a list', { contact_id: ADA, properties: ['a'] }],
      ['the address of a contact', { contact_id: ADA, properties: { a: 1 }, email: 'a@b.example' }],
    ],
  ],
  [
    updateCompany,
    [
      ['no company', { properties: { a: 1 } }],
      ['a contact for a company', { company_id: ADA, properties: { a: 1 } }],
      ['properties that change nothing', { company_id: ACME, properties: {} }],
    ],
  ],
  [
    updateLifecycleStage,
    [
      ['no stage', { contact_id: ADA }],
      ['an unknown stage', { contact_id: ADA, lifecycle_stage: 'friend' }],
      ['no contact', { lifecycle_stage: 'lead' }],
    ],
  ],
  [
    escalateToHuman,
    [
      ['an empty reason', { reason: '' }],
      ['the id of another kind', { reason: 'x', contact_id: ACME }],
      ['no option among options', { reason: 'x', options: [] }],
      ['an option twice', { reason: 'x', options: ['a', 'a'] }],
      ['an answer that is not among the options', { reason: 'x', options: ['a', 'b'], answer: 'c' }],
      ['an empty answer', { reason: 'x', answer: '' }],
    ],
  ],
])('$type', (executor, refused) => {
  it.each(refused)('refuses %s', (_, params) => {
    expect(executor.params.safeParse(params).success).toBe(false);
  });
});

it('create_note turns a bare UUID into the TypeID, so a contact always has the same hash', () => {
  const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
  expect(createNote.params.parse({ content: 'x', contact_id: uuid })).toEqual({ content: 'x', contact_id: ADA });
});

it('create_task reads a date as midnight UTC, and a time in UTC', () => {
  const due = (due_date: string) => createTask.params.parse({ title: 'x', due_date });
  expect(due('2026-12-01')).toMatchObject({ due_date: '2026-12-01T00:00:00.000Z' });
  expect(due('2026-12-01T10:00:00+02:00')).toMatchObject({ due_date: '2026-12-01T08:00:00.000Z' });
});

describe('a preview', () => {
  const workspace = { contacts: [contact({ properties: { first_name: 'Ada', lastName: 'Lovelace' } })] };
  const render = async (executor: Executor, params: JsonObject) => {
    const current = await executor.readCurrent?.(params, lookupContext(workspace));
    return executor.preview(params, { identity: null, ...(current && { current }) });
  };
  const ada = { label: 'Contact', value: 'Ada Lovelace, ada@example.com' };
  const acme = { label: 'Company', value: 'Acme, acme.test' };
  const task = { title: 'Call', description: 'At noon.', due_date: '2026-12-01T00:00:00.000Z', contact_id: ADA };
  const question = { reason: 'May I?', contact_id: ADA, options: ['yes', 'no'], answer: 'no' };

  it.each<[Executor, JsonObject, object]>([
    [
      createNote,
      { content: 'Called back.', contact_id: ADA },
      { title: 'Note on a contact', fields: [ada], body: { text: 'Called back.' } },
    ],
    [
      createNote,
      { content: 'x', company_id: ACME },
      { title: 'Note on a company', fields: [acme], body: { text: 'x' } },
    ],
    [
      createTask,
      task,
      {
        title: 'Task',
        fields: [{ label: 'Title', value: 'Call' }, { label: 'Due', value: '2026-12-01T00:00:00.000Z' }, ada],
        body: { text: 'At noon.' },
      },
    ],
    [
      escalateToHuman,
      question,
      {
        title: 'A question for a person',
        fields: [ada, { label: 'Options', value: ['yes', 'no'] }, { label: 'Answer', value: 'no' }],
        body: { text: 'May I?' },
      },
    ],
  ])('of $type shows all of it, and people and companies by name', async (executor, params, preview) => {
    expect(await render(executor, params)).toEqual(preview);
  });

  it('of linkedin_connection shows a contact by name', async () => {
    const params = { linkedin_url: 'https://www.linkedin.com/in/ada', contact_id: ADA };
    expect((await render(linkedinConnection(), params)).fields).toContainEqual(ada);
  });
});

describe('escalate_to_human', () => {
  it('always asks, and leaves the answer to the reviewer', () => {
    expect(escalateToHuman).toMatchObject({ alwaysAsks: true, reviewerFields: ['answer'] });
  });

  it.each<[object, string | null, boolean]>([
    [{ options: ['yes', 'no'] }, null, false],
    [{ options: ['yes', 'no'] }, '  ', false],
    [{ options: ['yes', 'no'] }, 'Neither.', true],
    [{ options: ['yes', 'no'], answer: 'no' }, null, true],
    [{}, null, true],
  ])('with %j and the comment %j is decided: %s', (params, comment, isDecided) => {
    const fault = escalateToHuman.approvalFault?.({ reason: 'May I?', ...params }, { comment });
    expect(fault === undefined).toBe(isDecided);
  });

  it('has no answer without a decision', async () => {
    expect(await escalateToHuman.execute(runOf({ reason: 'May I?', answer: 'yes' }))).toMatchObject({
      kind: 'refused',
    });
  });
});
