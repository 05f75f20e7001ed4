import type { JsonObject } from '@proviso/contracts';
import type { Executor, Outcome, WritableRecords } from '@proviso/core/executor';
import {
  createNote,
  createTask,
  escalateToHuman,
  linkedinConnection,
  updateCompany,
  updateContact,
  updateLifecycleStage,
} from '../../src/index.ts';
import { ACME, ADA, company, contact, lookupContext, recordsOf } from '../records.ts';

const NOBODY = 'ct_01h455vb4pex5vsknk084sn0zz';
const NOWHERE = 'co_01h455vb4pex5vsknk084sn0zz';
const approvedAt = new Date();

const run = (executor: Executor, params: JsonObject, records: WritableRecords): Promise<Outcome> =>
  executor.execute({
    action: { id: 'act_1', workspaceId: 'w', params, attempt: 1, approval: null },
    records,
    identity: null,
    credentials: null,
    key: 'k',
    signal: new AbortController().signal,
    begin: async () => undefined,
  });

const resultOf = async (executor: Executor, params: JsonObject, records: WritableRecords): Promise<JsonObject> => {
  const outcome = await run(executor, params, records);
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return { ...outcome.result, ...(await outcome.write?.(records)) };
};

const render = async (executor: Executor, params: JsonObject, records: WritableRecords) => {
  const current = await executor.readCurrent?.(params, lookupContext({}, { records }));
  return executor.preview(params, { identity: null, ...(current && { current }) });
};

describe.each<[Executor, [string, JsonObject][]]>([
  [
    createTask,
    [
      ['no title', {}],
      ['an empty title', { title: '' }],
      ['a day that is none', { title: 'x', due_date: '2026-02-30' }],
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
])('$type params', (executor, refused) => {
  it.each(refused)('refuse %s', (_, params) => {
    expect(executor.params.safeParse(params).success).toBe(false);
  });
});

describe.each<[Executor, string, JsonObject, JsonObject]>([
  [createTask, 'contact_id', { title: 'x', contact_id: ADA }, { title: 'x', contact_id: NOBODY }],
  [
    updateContact,
    'contact_id',
    { contact_id: ADA, properties: { a: 1 } },
    { contact_id: NOBODY, properties: { a: 1 } },
  ],
  [
    updateCompany,
    'company_id',
    { company_id: ACME, properties: { a: 1 } },
    { company_id: NOWHERE, properties: { a: 1 } },
  ],
  [
    updateLifecycleStage,
    'contact_id',
    { contact_id: ADA, lifecycle_stage: 'lead' },
    { contact_id: NOBODY, lifecycle_stage: 'lead' },
  ],
])('$type', (executor, field, params, strange) => {
  const lookup = lookupContext();

  it(`refuses at the proposal a ${field} that the workspace does not have`, async () => {
    await expect(executor.resolve?.(params, lookup)).resolves.toEqual({});
    await expect(executor.resolve?.(strange, lookup)).rejects.toMatchObject({
      code: 'INVALID',
      details: [{ path: `params.${field}` }],
    });
  });

  it('is refused by the guard when its record is gone', async () => {
    expect(await executor.guard?.(params, { ...lookup, approvedAt })).toEqual({ kind: 'ok' });
    const gone = { ...lookupContext({ contacts: [], companies: [] }), approvedAt };
    expect(await executor.guard?.(params, gone)).toMatchObject({ kind: 'refused' });
  });

  it('writes nothing before the transaction that completes it', async () => {
    const records = recordsOf();
    expect((await run(executor, params, records)).kind).toBe('done');
    expect(Object.values(records.written).flat()).toEqual([]);
  });
});

describe('people and companies in a preview', () => {
  const workspace = {
    contacts: [contact({ properties: { first_name: 'Ada', lastName: 'Lovelace' } })],
    companies: [company()],
  };
  const named = async (executor: Executor, params: JsonObject) =>
    (await render(executor, params, recordsOf(workspace))).fields.filter(({ label }) => label.startsWith('Co'));

  it.each<[string, Executor, JsonObject]>([
    ['create_note', createNote, { content: 'x' }],
    ['create_task', createTask, { title: 'x' }],
    ['escalate_to_human', escalateToHuman, { reason: 'x' }],
    ['linkedin_connection', linkedinConnection(), { linkedin_url: 'https://www.linkedin.com/in/ada' }],
  ])('are shown by name: %s', async (_, executor, params) => {
    const contacts = await named(executor, { ...params, contact_id: ADA });
    expect(contacts).toEqual([{ label: 'Contact', value: 'Ada Lovelace, ada@example.com' }]);
  });

  it('also a company', async () => {
    expect(await named(createNote, { content: 'x', company_id: ACME })).toEqual([
      { label: 'Company', value: 'Acme, acme.test' },
    ]);
  });
});

describe('create_task', () => {
  it('reads a date as midnight UTC, and a time in UTC', () => {
    const due = (due_date: string) => createTask.params.parse({ title: 'x', due_date });
    expect(due('2026-12-01')).toMatchObject({ due_date: '2026-12-01T00:00:00.000Z' });
    expect(due('2026-12-01T10:00:00+02:00')).toMatchObject({ due_date: '2026-12-01T08:00:00.000Z' });
  });

  it('shows the whole task, and gives its id', async () => {
    const records = recordsOf();
    const params = { title: 'Call', description: 'At noon.', due_date: '2026-12-01T00:00:00.000Z', contact_id: ADA };
    expect(await render(createTask, params, records)).toEqual({
      title: 'Task',
      fields: [
        { label: 'Title', value: 'Call' },
        { label: 'Due', value: '2026-12-01T00:00:00.000Z' },
        { label: 'Contact', value: 'ada@example.com' },
      ],
      body: { text: 'At noon.' },
    });
    expect(await resultOf(createTask, params, records)).toEqual({ task_id: 'task_1' });
    expect(records.written.tasks).toEqual([
      { title: 'Call', description: 'At noon.', dueDate: '2026-12-01T00:00:00.000Z', contactId: ADA },
    ]);
  });
});

describe('update_contact and update_company', () => {
  const had = { title: 'CTO', fax: '123', kept: true };
  const properties = { title: 'CEO', fax: null, constructor: 'x' };
  const before = { title: 'CTO', fax: '123', constructor: null };

  it.each<[Executor, string, JsonObject]>([
    [updateContact, 'Contact', { contact_id: ADA, properties }],
    [updateCompany, 'Company', { company_id: ACME, properties }],
  ])('$type shows each changed property with its old value, and reports the change', async (executor, who, params) => {
    const records = recordsOf({
      contacts: [contact({ properties: had })],
      companies: [company({ properties: had })],
    });
    expect((await render(executor, params, records)).fields).toEqual([
      { label: who, value: who === 'Contact' ? 'ada@example.com' : 'Acme' },
      { label: 'properties["title"]', value: 'CEO', before: 'CTO' },
      { label: 'properties["fax"]', value: null, before: '123' },
      { label: 'properties["constructor"]', value: 'x', before: null },
    ]);
    const { properties: _, ...named } = params;
    expect(await resultOf(executor, params, records)).toEqual({ ...named, before, after: properties });
  });
});

describe('update_lifecycle_stage', () => {
  it('shows the stage before and after, and reports both', async () => {
    const records = recordsOf({ contacts: [contact({ lifecycleStage: 'lead' })] });
    const params = { contact_id: ADA, lifecycle_stage: 'customer' };
    expect(await render(updateLifecycleStage, params, records)).toEqual({
      title: 'Change a contact’s lifecycle stage',
      fields: [
        { label: 'Contact', value: 'ada@example.com' },
        { label: 'Lifecycle stage', value: 'customer', before: 'lead' },
      ],
    });
    expect(await resultOf(updateLifecycleStage, params, records)).toEqual({
      contact_id: ADA,
      before: 'lead',
      after: 'customer',
    });
  });
});
