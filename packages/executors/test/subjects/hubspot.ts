import type { JsonObject } from '@proviso/contracts';
import type { ConformanceFault } from '@proviso/testing/conformance';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startHubspotFake, type HubspotFake } from '@proviso/testing/providers/hubspot';
import type { PipelineSubject } from '@proviso/testing/pipeline-conformance';
import { syncToCrm } from '../../src/index.ts';
import { faultsAt } from '../http-faults.ts';
import { ADA, recordsOf } from '../records.ts';
import { sentTo } from '../wire.ts';

type Hubspot = HubspotFake & { effects(): number };

const TOKEN = 'pat-eu1-tr0ub4dor3';
const UPSERT = '/contacts/batch/upsert';
const settings = { baseUrls: { hubspot: '' } };

const answers = (
  name: string,
  allowed: ConformanceFault<Hubspot>['allowed'],
  [status, body, says]: [status: number, body: JsonObject, says?: string],
): ConformanceFault<Hubspot> => ({
  name: `HubSpot answers ${name}`,
  allowed,
  ...(says !== undefined && { says }),
  inject: (hubspot) => hubspot.next(UPSERT, httpFault.answers(status, body)),
});

export const crmSync: PipelineSubject<Hubspot> = {
  executor: syncToCrm(settings),
  async startBackend() {
    const hubspot = await startHubspotFake({ token: TOKEN });
    settings.baseUrls.hubspot = hubspot.url;
    return Object.assign(hubspot, { effects: () => hubspot.objects.contacts.length });
  },
  makeParams: () => ({ contact_id: ADA, contact: { email: 'ada@example.com', properties: { jobtitle: 'CTO' } } }),
  proposal: { contact_id: ADA, properties: { jobtitle: 'CTO' } },
  makeIdentity: () => ({
    identity: { id: 'id_1', provider: 'hubspot', name: 'CRM', config: {} },
    credentials: { access_token: TOKEN },
    secrets: [TOKEN],
  }),
  records: () => recordsOf(),
  sent: sentTo,
  faults: [
    ...faultsAt(UPSERT, { afterTaking: ['retry'], secret: TOKEN }),
    answers('401', ['refused'], [401, { category: 'INVALID_AUTHENTICATION', message: `not ${TOKEN}` }, 'not [hidden]']),
    answers(
      'a batch of nothing but errors',
      ['refused'],
      [
        207,
        {
          results: [],
          errors: [{ category: 'VALIDATION_ERROR', message: `Property "seats" was not a number: ${TOKEN}` }],
        },
        'VALIDATION_ERROR: Property "seats" was not a number',
      ],
    ),
    answers(
      '409',
      ['retry'],
      [409, { category: 'CONFLICT', message: 'seats has a value already' }, 'has a value already'],
    ),
    answers('a batch of nothing', ['unknown'], [200, { results: [] }]),
    answers('a batch that is no list', ['unknown'], [200, { results: 'none', errors: 'none' }]),
  ],
};
