import type { JsonObject } from '@proviso/contracts';
import type { IdentityView } from '@proviso/core/executor';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startHubspotFake, type HubspotFake } from '@proviso/testing/providers/hubspot';
import { builtIns, syncToCrm } from '../../src/index.ts';
import { ACME, ADA, BOB, company, contact, lookupContext, runOf, type Workspace } from '../records.ts';

const TOKEN = 'pat-eu1-tr0ub4dor3';
const credentials = { access_token: TOKEN };
const settings = { baseUrls: { hubspot: '' } };
const executor = syncToCrm(settings);
let hubspot: HubspotFake;
beforeEach(async () => {
  hubspot = await startHubspotFake({ token: TOKEN, unknownProperties: ['no_such'] });
  settings.baseUrls.hubspot = hubspot.url;
});
afterEach(() => hubspot.close());

const acting = (config: JsonObject = {}): IdentityView => ({ id: 'id_1', provider: 'hubspot', name: 'CRM', config });
const workspace: Workspace = {
  contacts: [
    contact({ properties: { jobtitle: 'CTO', seats: 3, vip: true, gone: null, tags: ['a'], 'Shoe size': 39 } }),
  ],
  companies: [company({ properties: { industry: 'Anvils', size: 12 } })],
};
const both = { contact_id: ADA, company_id: ACME };

const resolve = async (params: object, config: JsonObject = {}, there = workspace) =>
  executor.resolve?.(executor.params.parse(params), lookupContext(there, { identity: acting(config) }));
const run = (params: object, config: JsonObject = {}) =>
  executor.execute(runOf(params, { credentials, identity: acting(config) }));
const ada = (properties = {}) => ({ contact: { email: 'ada@example.com', properties } });
const acme = (properties = {}) => ({ company: { domain: 'acme.test', properties } });

describe('sync_to_crm params', () => {
  it.each<[string, object, string]>([
    ['neither contact nor company', { properties: { a: 1 } }, 'contact_id'],
    ['an association of one', { contact_id: ADA, associate: true }, 'associate'],
    [
      'a name that HubSpot cannot have',
      { contact_id: ADA, properties: { 'Job title': 'CTO' } },
      'properties.Job title',
    ],
    ['a value that HubSpot cannot keep', { contact_id: ADA, properties: { tags: ['a'] } }, 'properties.tags'],
  ])('refuse %s', (_, params, path) => {
    const { error } = executor.params.safeParse(params);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

describe('sync_to_crm records what will be pushed', () => {
  it('from the records, as far as HubSpot can store it', async () => {
    expect(await resolve(both)).toEqual({
      contact: {
        ...ada({ jobtitle: 'CTO', seats: '3', vip: 'true', gone: '' }).contact,
        left_out: {
          tags: 'HubSpot does not store lists',
          'Shoe size': 'its name is not a valid HubSpot internal name: map it in the identity',
        },
      },
      ...acme({ industry: 'Anvils', size: '12' }),
    });
  });

  it('and shows what it leaves out in the preview and the result', async () => {
    const there = { contacts: [contact({ properties: { firstName: 'Ada', address: { city: 'London' }, seats: 3 } })] };
    const params = { contact_id: ADA, ...(await resolve({ contact_id: ADA }, {}, there)) };
    const left_out = {
      firstName: expect.stringContaining('map it in the identity') as string,
      address: 'HubSpot does not store objects',
    };
    expect(executor.preview(params, { identity: acting() }).fields).toContainEqual({
      label: 'Contact not sent',
      value: left_out,
    });
    expect(await run(params)).toMatchObject({ kind: 'done', result: { left_out: { contact: left_out } } });
    expect(hubspot.objects.contacts[0]?.properties).not.toHaveProperty('firstName');
  });

  it('and lists a hundred of what it leaves out, and counts the rest', async () => {
    const properties = Object.fromEntries(Array.from({ length: 123 }, (_, index) => [`No ${index}`, 1]));
    const found = await resolve({ contact_id: ADA }, {}, { contacts: [contact({ properties })] });
    const { left_out } = (found as { contact: { left_out: object } }).contact;
    expect(Object.entries(left_out)).toHaveLength(101);
    expect(left_out).toMatchObject({ '…': '23 more' });
  });

  it('under the names that the identity gives, and nothing else then', async () => {
    const config = { contact_properties: { 'Shoe size': 'shoe_size', absent: 'x' }, company_properties: {} };
    expect(await resolve(both, config)).toMatchObject({ ...ada({ shoe_size: '39' }), ...acme() });
  });

  it('as given in place of the contact’s, or without one of the company’s', async () => {
    const properties = { seats: 4, vip: false, gone: null };
    const text = { seats: '4', vip: 'false', gone: '' };
    expect(await resolve({ ...both, properties })).toEqual({
      ...ada(text),
      ...acme({ industry: 'Anvils', size: '12' }),
    });
    expect(await resolve({ company_id: ACME, properties })).toEqual(acme(text));
  });

  it.each<[string, object, string]>([
    ['a contact of nobody', { contact_id: BOB }, 'params.contact_id'],
    ['a company of nobody', { company_id: 'co_01h455vb4pex5vsknk084sn0zz' }, 'params.company_id'],
    ['a company without a domain', { company_id: ACME }, 'params.company_id'],
  ])('and refuses %s', async (_, params, path) => {
    const there = { ...workspace, companies: [company({ domain: null })] };
    await expect(resolve(params, {}, there)).rejects.toMatchObject({ code: 'INVALID', details: [{ path }] });
  });

  it('and shows every value', () => {
    const params = { ...both, ...ada({ jobtitle: 'CTO' }), ...acme({ size: '12' }), associate: true };
    expect(executor.preview(params, { identity: acting() })).toMatchObject({
      title: 'Sync ada@example.com and acme.test to HubSpot',
      fields: [
        { label: 'In', value: 'CRM' },
        { label: 'Contact', value: 'ada@example.com' },
        { label: 'Contact is found by', value: 'email' },
        { label: 'contact["jobtitle"]', value: 'CTO' },
        { label: 'Company', value: 'acme.test' },
        { label: 'Company is found by', value: 'domain' },
        { label: 'company["size"]', value: '12' },
        { label: 'Associated', value: 'The contact with the company' },
      ],
    });
  });
});

describe('sync_to_crm before its run', () => {
  it.each<[string, Workspace, object]>([
    ['ok when nothing changed', workspace, { kind: 'ok' }],
    ['refused once the contact is gone', { ...workspace, contacts: [] }, { kind: 'refused' }],
    ['refused once the company is gone', { ...workspace, companies: [] }, { kind: 'refused' }],
    [
      'back to a person once address and domain changed',
      { contacts: [contact({ email: 'a@new.test' })], companies: [company({ domain: 'new.test' })] },
      { kind: 'stale', changes: ["the contact's address is now a@new.test", "the company's domain is now new.test"] },
    ],
  ])('is %s', async (_, there, verdict) => {
    const params = { ...both, ...ada(), ...acme() };
    expect(await executor.guard?.(params, { ...lookupContext(there), approvedAt: new Date() })).toMatchObject(verdict);
  });
});

describe('sync_to_crm', () => {
  const full = { ...both, ...ada({ jobtitle: 'CTO' }), ...acme({ size: '12' }), associate: true };

  it('creates and associates what is missing, and creates nothing twice on a repetition', async () => {
    const ids = { hubspot_company_id: '501', hubspot_contact_id: '502', associated: true };
    expect(await run(full)).toEqual({ kind: 'done', result: { ...ids, company_created: true, contact_created: true } });
    expect(await run(full)).toEqual({
      kind: 'done',
      result: { ...ids, company_created: false, contact_created: false },
    });
    expect(hubspot.objects).toEqual({
      companies: [{ id: '501', key: 'acme.test', properties: { domain: 'acme.test', size: '12' } }],
      contacts: [{ id: '502', key: 'ada@example.com', properties: { email: 'ada@example.com', jobtitle: 'CTO' } }],
    });
    expect(hubspot.associations).toEqual([{ contact: '502', company: '501' }]);
  });

  it('identifies companies by the property that the identity names', async () => {
    await run({ company_id: ACME, ...acme() }, { company_key: 'our_domain' });
    expect(hubspot.objects.companies).toMatchObject([{ properties: { our_domain: 'acme.test' } }]);
  });

  it('says how long HubSpot asks to wait', async () => {
    const tooMany = httpFault.answers(429, { category: 'RATE_LIMITS' }, { 'retry-after': '10' });
    hubspot.next('/contacts/batch/upsert', tooMany);
    expect(await run({ contact_id: ADA, ...ada() })).toMatchObject({ kind: 'retry', undone: true, afterMs: 10_000 });
    hubspot.next('/contacts/batch/upsert', tooMany);
    expect(await run(full)).toMatchObject({ kind: 'retry', undone: false, afterMs: 10_000 });
  });

  it('does not report a refusal after a partial push', async () => {
    const strange = { ...full, ...ada({ no_such: 'x' }) };
    const message = expect.stringMatching(/^It was pushed only in part \(hubspot_company_id.*no_such/);
    expect(await run(strange)).toMatchObject({ kind: 'unknown', message });
    expect(await run({ contact_id: ADA, ...ada({ no_such: 'x' }) })).toMatchObject({ kind: 'refused' });
  });

  it('knows that nothing was pushed without a connection', async () => {
    await hubspot.refuseConnections();
    expect(await run(full)).toMatchObject({ kind: 'retry', undone: true });
  });
});

describe('a HubSpot account', () => {
  const kind = builtIns(settings).providers.find(({ provider }) => provider === 'hubspot');
  const verify = (given: object | null) =>
    kind?.verify({ config: {}, credentials: given, signal: new AbortController().signal });

  it('is verified by its portal', async () => {
    expect(await verify(credentials)).toEqual({ ok: true, account: 'portal 1234 at app.hubspot.com' });
  });

  it('is refused without revealing the token that HubSpot repeats', async () => {
    const refused = await verify({ access_token: 'pat-other' });
    expect(refused).toEqual({
      ok: false,
      message:
        'HubSpot refused it (401): INVALID_AUTHENTICATION: Bearer [hidden] is not valid. Check the credentials and what they allow.',
    });
  });

  it.each([
    [['crm.objects.contacts.read'], false],
    [['oauth', 'crm.objects.contacts.write'], true],
  ])('is refused where its token may write neither contacts nor companies: %j', async (scopes, ok) => {
    hubspot.next('/access-token-info', httpFault.answers(200, { hubId: 1234, scopes }));
    expect(await verify(credentials)).toMatchObject({ ok });
  });

  it('is not verified while HubSpot is down', async () => {
    await hubspot.refuseConnections();
    expect(await verify(credentials)).toEqual({ ok: false, message: 'HubSpot cannot be reached.' });
    expect(await verify(null)).toMatchObject({ ok: false });
  });
});
