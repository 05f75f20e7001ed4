import type { JsonObject } from '@proviso/contracts';
import { routed, startHttpFake, type FakeReply, type FakeRequest, type HttpFake, type Route } from './http-fake.ts';

type Objects = 'contacts' | 'companies';

export interface FakeHubspotObject {
  id: string;
  /** Its unique property: an address, or a domain. */
  key: string;
  properties: Record<string, string>;
}

export interface HubspotFake extends HttpFake {
  /** Each is here before its reply is sent. */
  readonly objects: Record<Objects, FakeHubspotObject[]>;
  /** Contact to company, in the order of arrival, without duplicates. */
  readonly associations: { contact: string; company: string }[];
}

export interface HubspotFakeOptions {
  token: string;
  /** Internal names that HubSpot does not know: a batch with one is refused. */
  unknownProperties?: string[];
}

const refusal = (status: number, category: string, message = category): FakeReply => ({
  status,
  body: { status: 'error', category, message, correlationId: '8ff0b0f0' },
});

/**
 * The part of HubSpot's CRM that an executor uses: upserts in batches by a unique property, and default associations.
 */
export async function startHubspotFake({ token, unknownProperties = [] }: HubspotFakeOptions): Promise<HubspotFake> {
  const objects: HubspotFake['objects'] = { contacts: [], companies: [] };
  const associations: HubspotFake['associations'] = [];

  const upsert = (kind: Objects, { id, idProperty, properties = {} }: UpsertInput): JsonObject => {
    const known = objects[kind].find(({ key }) => key === id);
    const object = known ?? {
      id: String(501 + objects.contacts.length + objects.companies.length),
      key: id,
      properties: {},
    };
    Object.assign(object.properties, { [idProperty]: id }, properties);
    if (!known) objects[kind].push(object);
    return { id: object.id, new: !known, properties: object.properties };
  };
  const routes: Route[] = [
    [
      /^GET \/account-info\/v3\/details$/,
      () => ({ status: 200, body: { portalId: 1234, uiDomain: 'app.hubspot.com' } }),
    ],
    [
      /^POST \/crm\/v3\/objects\/(contacts|companies)\/batch\/upsert$/,
      ({ body }, kind) => {
        const { inputs } = JSON.parse(body) as { inputs: UpsertInput[] };
        const strange = inputs
          .flatMap(({ properties = {} }) => Object.keys(properties))
          .find((name) => unknownProperties.includes(name));
        if (strange) return refusal(400, 'VALIDATION_ERROR', `Property "${strange}" does not exist`);
        const results = inputs.map((input) => upsert(kind as Objects, input));
        return { status: 200, body: { status: 'COMPLETE', results } };
      },
    ],
    [
      /^PUT \/crm\/v4\/objects\/contacts\/(\w+)\/associations\/default\/companies\/(\w+)$/,
      (_, contact = '', company = '') => {
        const there = (kind: Objects, id: string): boolean => objects[kind].some((object) => object.id === id);
        if (!there('contacts', contact) || !there('companies', company)) return refusal(404, 'OBJECT_NOT_FOUND');
        if (!associations.some((each) => each.contact === contact && each.company === company)) {
          associations.push({ contact, company });
        }
        return { status: 200, body: { status: 'COMPLETE', results: [] } };
      },
    ],
  ];
  const handle = (request: FakeRequest): FakeReply =>
    request.headers.authorization === `Bearer ${token}`
      ? (routed(routes, request) ?? refusal(404, 'OBJECT_NOT_FOUND'))
      : refusal(401, 'INVALID_AUTHENTICATION', `${request.headers.authorization ?? 'No token'} is not valid`);
  const http = await startHttpFake({ handle, tooMany: refusal(429, 'RATE_LIMITS') });
  return { ...http, objects, associations };
}

interface UpsertInput {
  id: string;
  idProperty: string;
  properties?: Record<string, string>;
}
