import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@proviso/contracts';
import { routed, startHttpFake, type FakeReply, type FakeRequest, type HttpFake, type Route } from './http-fake.ts';

export interface FakeResendContact {
  id: string;
  email: string;
  fields: JsonObject;
  segments: string[];
}

/** A broadcast as it was requested, under its id. */
export interface FakeBroadcast {
  id: string;
  asked: JsonObject;
}

export interface ResendFake extends HttpFake {
  /** In the order of arrival; each is here before its reply is sent. */
  readonly sent: { id: string; key: string | undefined; mail: JsonObject }[];
  readonly contacts: FakeResendContact[];
  readonly broadcasts: FakeBroadcast[];
  /** From now on the key may only send. */
  restrict(): void;
  /** Forgets idempotency keys, as the provider does after a day. */
  expireKeys(): void;
}

export interface ResendFakeOptions {
  apiKey: string;
  segments?: { id: string; name: string }[];
  /** Items per page, whatever the client asks for. */
  pageSize?: number;
}

interface State extends Pick<ResendFake, 'sent' | 'contacts' | 'broadcasts'> {
  segments: { id: string; name: string }[];
  keys: Map<string, { body: string; reply: FakeReply }>;
  pageSize: number;
}

const ok = (body: JsonObject, status = 200): FakeReply => ({ status, body });
const refusal = (statusCode: number, name: string, message = name): FakeReply => ({
  status: statusCode,
  body: { statusCode, name, message },
});
const bodyOf = ({ body }: FakeRequest): JsonObject => JSON.parse(body || '{}') as JsonObject;

/** The part of Resend's HTTP API that an executor uses, with its idempotency keys and its errors. */
export async function startResendFake({
  apiKey,
  segments = [],
  pageSize = 100,
}: ResendFakeOptions): Promise<ResendFake> {
  const state: State = { sent: [], contacts: [], broadcasts: [], keys: new Map(), segments, pageSize };
  const { sent, contacts, broadcasts, keys } = state;
  const routes = [...emailRoutes(state), ...contactRoutes(state), ...segmentRoutes(state), ...broadcastRoutes(state)];
  let restricted = false;

  const handle = (request: FakeRequest): FakeReply => {
    if (request.headers.authorization !== `Bearer ${apiKey}`) {
      return refusal(403, 'invalid_api_key', `API key ${request.headers.authorization ?? ''} is invalid`);
    }
    if (restricted && request.path !== '/emails') return refusal(401, 'restricted_api_key');
    return routed(routes, request) ?? refusal(404, 'not_found');
  };
  const http = await startHttpFake({ handle, tooMany: refusal(429, 'rate_limit_exceeded') });
  const restrict = (): void => void (restricted = true);
  return { ...http, sent, contacts, broadcasts, restrict, expireKeys: () => keys.clear() };
}

const emailRoutes = ({ sent, keys }: State): Route[] => [
  [/^GET \/domains$/, () => ok({ object: 'list', data: [{ name: 'ours.test', status: 'verified' }], has_more: false })],
  [
    /^POST \/emails$/,
    (request) => {
      const key = request.headers['idempotency-key'] as string | undefined;
      const known = key === undefined ? undefined : keys.get(key);
      if (known) return known.body === request.body ? known.reply : refusal(409, 'invalid_idempotent_request');
      const id = randomUUID();
      sent.push({ id, key, mail: bodyOf(request) });
      const reply = ok({ id });
      if (key !== undefined) keys.set(key, { body: request.body, reply });
      return reply;
    },
  ],
];

function contactRoutes({ contacts, segments }: State): Route[] {
  const contactOf = (id: string): FakeResendContact | undefined =>
    contacts.find((each) => each.id === id || each.email === decodeURIComponent(id));
  const found = (id = '', show: (contact: FakeResendContact) => FakeReply): FakeReply => {
    const contact = contactOf(id);
    return contact ? show(contact) : refusal(404, 'not_found');
  };
  return [
    [
      /^GET \/contacts\/([^/]+)$/,
      (_, of) => found(of, ({ id, email, fields }) => ok({ object: 'contact', id, email, ...fields })),
    ],
    [
      /^POST \/contacts$/,
      (request) => {
        const {
          email,
          segments: into = [],
          ...fields
        } = bodyOf(request) as { email: string; segments?: { id: string }[] };
        if (contacts.some((each) => each.email === email)) return refusal(409, 'validation_error', 'It exists already');
        const contact = { id: randomUUID(), email, fields, segments: into.map(({ id }) => id) };
        contacts.push(contact);
        return ok({ object: 'contact', id: contact.id }, 201);
      },
    ],
    [
      /^PATCH \/contacts\/([^/]+)$/,
      (request, of) =>
        found(of, ({ id, fields }) => {
          Object.assign(fields, bodyOf(request));
          return ok({ object: 'contact', id });
        }),
    ],
    [
      /^POST \/contacts\/([^/]+)\/segments\/([^/]+)$/,
      (_, of, segment = '') =>
        found(of, (contact) => {
          if (!segments.some(({ id }) => id === segment)) return refusal(404, 'not_found');
          contact.segments = [...new Set([...contact.segments, segment])];
          return ok({ id: segment });
        }),
    ],
  ];
}

const segmentRoutes = ({ segments }: State): Route[] => [
  [
    /^GET \/segments\/([^/]+)$/,
    (_, id) => {
      const found = segments.find((each) => each.id === id);
      return found ? ok({ object: 'segment', ...found }) : refusal(404, 'not_found');
    },
  ],
];

const broadcastRoutes = ({ broadcasts, segments, pageSize }: State): Route[] => [
  [
    /^POST \/broadcasts$/,
    (request) => {
      const asked = bodyOf(request);
      if (!segments.some(({ id }) => id === asked.segment_id)) return refusal(404, 'not_found', 'Segment not found');
      const id = randomUUID();
      broadcasts.push({ id, asked });
      return ok({ id }, 201);
    },
  ],
  [
    /^GET \/broadcasts$/,
    ({ query }) => {
      const all = broadcasts.toReversed();
      const from = all.findIndex(({ id }) => id === query.get('after')) + 1;
      const to = from + Math.min(pageSize, Number(query.get('limit') ?? pageSize));
      const show = ({ id, asked }: FakeBroadcast): JsonObject => ({
        id,
        name: asked.name ?? '',
        status: asked.send ? 'queued' : 'draft',
      });
      return ok({ object: 'list', data: all.slice(from, to).map(show), has_more: to < all.length });
    },
  ],
];
