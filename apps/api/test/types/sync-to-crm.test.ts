import { httpFault } from '@proviso/testing/providers/http-fake';
import { startHubspotFake, type HubspotFake } from '@proviso/testing/providers/hubspot';
import { useTenant } from '../test-api.ts';
import { account, approve, expectHidden, proposeAs, run, trailOf } from './from-proposal-to-result.ts';

const TOKEN = 'pat-eu1-tr0ub4dor3';

describe('sync_to_crm', () => {
  const executorSettings = { baseUrls: { hubspot: '' } };
  const { api, here } = useTenant({ executorSettings });
  let hubspot: HubspotFake;
  beforeEach(async () => {
    hubspot = await startHubspotFake({ token: TOKEN });
    executorSettings.baseUrls.hubspot = hubspot.url;
  });
  afterEach(() => hubspot.close());

  it('is proposed with a contact and a company, reviewed, edited, pushed, and read back', async () => {
    const { body: made } = await here.owner.post('/v1/companies', { domain: 'acme.test', properties: { size: 12 } });
    const contact = { email: 'ada@example.com', properties: { jobtitle: 'CTO', notes: ['private'] } };
    const { body: added } = await here.owner.post('/v1/contacts', contact);
    const [{ contact_id }, { company_id }] = [added.contact, made.company];
    const identity = await account(here, 'hubspot', { credentials: { access_token: TOKEN } });

    // Proposed: what will be pushed is taken down, and shown.
    const proposed = await proposeAs(here, identity, 'sync_to_crm', { contact_id, company_id });
    expect(proposed.preview).toMatchObject({
      title: 'Sync ada@example.com and acme.test to HubSpot',
      fields: [
        { label: 'In', value: 'hubspot' },
        { label: 'Contact', value: 'ada@example.com' },
        { label: 'Contact is found by', value: 'email' },
        { label: 'contact["jobtitle"]', value: 'CTO' },
        { label: 'Contact not sent', value: { notes: 'HubSpot does not store lists' } },
        { label: 'Company', value: 'acme.test' },
        { label: 'Company is found by', value: 'domain' },
        { label: 'company["size"]', value: '12' },
      ],
    });

    // Edited: other values, and the tie between the two.
    const approved = await approve(here, proposed, { properties: { jobtitle: 'CEO' }, associate: true });
    expect(approved.params.contact).toEqual({ email: 'ada@example.com', properties: { jobtitle: 'CEO' } });
    expect(hubspot.objects.contacts).toEqual([]);

    // Run by a worker; the first answer is lost, and the second attempt finds what is there.
    hubspot.next('/contacts/batch/upsert', httpFault.takesThenCuts());
    expect(await run(api, here, approved)).toMatchObject({ status: 'approved' });
    await here.owner.post(`/v1/actions/${proposed.action_id}/execute`);
    const ended = await run(api, here, approved);
    expect(hubspot.objects).toMatchObject({
      contacts: [{ key: 'ada@example.com', properties: { jobtitle: 'CEO' } }],
      companies: [{ key: 'acme.test', properties: { size: '12' } }],
    });
    const [contactThere, companyThere] = [hubspot.objects.contacts[0]?.id, hubspot.objects.companies[0]?.id];
    expect(hubspot.associations).toEqual([{ contact: contactThere, company: companyThere }]);
    expect(ended).toMatchObject({
      status: 'completed',
      result: { hubspot_contact_id: contactThere, hubspot_company_id: companyThere, associated: true },
      error: null,
    });
    expect(trailOf(ended).slice(0, 4)).toEqual([
      'action.created',
      'action.approved',
      'action.claimed',
      'action.retried',
    ]);
    await expectHidden(api, here, TOKEN, proposed, approved, ended);
  });
});
