// The OpenAPI 3.1 document, drawn from the routes and from the same schemas that the verbs parse with. Held by
// document.test.ts, which sends every example and reads every reply by it.
import {
  errorBody,
  PENDING_ERRORS,
  pendingErrorBody,
  type ErrorBody,
  type ErrorCode,
  type PendingErrorBody,
} from '@proviso/contracts';
import { AppError, createRegistry } from '@proviso/core';
import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject, type ZodOpenApiResponseObject } from 'zod-openapi';
import { dialectAt, type Dialect } from './dialect.ts';
import { BODY, type BodyLimits } from './body.ts';
import { bodyOf, statusOf } from './errors.ts';
import type { Route } from './route.ts';
import { TAGS } from './tags.ts';

const WORKSPACE_HEADER = z
  .uuid()
  .optional()
  .meta({ description: 'Which workspace a personal credential means; its home workspace unless given.' });

const pathParams = (path: string) =>
  z.object(Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, z.string()])));

const headersOf = ({ method, path, waits, conditional, streams }: Route) =>
  z.object({
    ...(dialectAt(path) === 'v1' && { 'X-Workspace-Id': WORKSPACE_HEADER }),
    ...(method === 'post' && { 'Idempotency-Key': z.string().min(1).max(255).optional() }),
    ...(conditional && {
      'If-Match': z.string().optional().meta({ description: 'The ETag of the action that was seen.' }),
    }),
    ...(streams && {
      'Last-Event-ID': z
        .string()
        .optional()
        .meta({ description: 'The id of the last message that was taken: the stream goes on after it.' }),
    }),
    ...(waits && {
      Prefer: z
        .string()
        .optional()
        .meta({ description: '`wait=N`: the reply waits up to N seconds, at most 60, for the action to end.' }),
    }),
  });

/** Why a request was not done: what the document says of each code, and an error as it reads. */
const ERRORS: Record<ErrorCode, [means: string, example: string]> = {
  INVALID: ['Something in the request is not right; `details` says where.', 'params.email: is required.'],
  UNAUTHENTICATED: ['There is no valid token.', 'Send a valid API key: Authorization: Bearer pv_…'],
  FORBIDDEN: ['The token may not do this.', 'An agent never decides. Ask a person.'],
  NOT_FOUND: ['There is no such thing in the workspace.', 'There is no such action.'],
  METHOD_NOT_ALLOWED: ['The address takes other methods; `Allow` names them.', 'This address takes GET, POST.'],
  INVALID_STATE: ['The status does not allow it.', 'An action that is completed cannot be cancelled.'],
  CONFLICT: ['It changed since it was seen, or it is there already.', 'There is a contact with this address.'],
  PRECONDITION_FAILED: ['If-Match names another version.', 'The action is at version 3, not 2.'],
  PAYLOAD_TOO_LARGE: ['The body is too large.', 'The body is larger than the 1024 KiB that this route takes.'],
  UNSUPPORTED_MEDIA_TYPE: ['The body is not JSON.', 'Send the body as application/json.'],
  IDEMPOTENCY_MISMATCH: [
    'The Idempotency-Key was used for another request.',
    'This Idempotency-Key was used for another request. Use a new key.',
  ],
  RATE_LIMITED: ['Too many requests; `Retry-After` says when again.', 'More than 600 requests in a minute.'],
  INTERNAL: ['A fault of this service.', 'Something went wrong here. It is logged with this request_id.'],
  INVARIANT_VIOLATION: ['What must hold does not.', 'The batch is in more than one workspace.'],
  UNAVAILABLE: ['The database is away; `Retry-After` says when again.', 'The database does not answer.'],
};

/** Routes of the same kind fail in the same ways. 405 belongs to addresses, not to operations. */
function codesOf({ method, body, conditional, fails = [] }: Route): ErrorCode[] {
  const always: ErrorCode[] = ['INVALID', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'];
  return [
    ...always,
    ...(method === 'get' ? [] : (['INVALID_STATE', 'CONFLICT'] as const)),
    ...(conditional ? (['PRECONDITION_FAILED'] as const) : []),
    ...(body ? (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(method === 'post' ? (['IDEMPOTENCY_MISMATCH'] as const) : []),
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
    ...fails,
  ];
}

function exampleOf(dialect: Dialect, code: ErrorCode): ErrorBody | PendingErrorBody {
  const details = code === 'INVALID' ? [{ path: 'params.email', message: 'is required' }] : [];
  const error = new AppError(code, ERRORS[code][1], details);
  return bodyOf(dialect, error, {
    executors: createRegistry({ executors: [] }),
    requestId: '0b8e3f0c-5a54-4f0e-9d5b-0a4f6b1d2c3e',
    now: new Date('2026-01-02T03:04:05.678Z'),
  });
}

/** One response a status, whatever its codes, each with an error as it reads. */
function failuresOf(route: Route): Record<`${4 | 5}${string}`, ZodOpenApiResponseObject> {
  const dialect = dialectAt(route.path);
  const schema = { v1: errorBody, 'pending-actions': pendingErrorBody }[dialect];
  const shown = (code: ErrorCode): string => (dialect === 'v1' ? code : PENDING_ERRORS[code][1]);
  const codes = codesOf(route);
  const statuses = [...new Set(codes.map((code) => statusOf(dialect, code)))];
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => statusOf(dialect, code) === status);
      const description = here.map((code) => `\`${shown(code)}\`: ${ERRORS[code][0]}`).join(' ');
      const examples = Object.fromEntries(here.map((code) => [shown(code), { value: exampleOf(dialect, code) }]));
      return [`${status}`, { description, content: { 'application/json': { schema, examples } } }];
    }),
  );
}

/** Beside the schema: in the schema of a body with times, which are read into another form, they would be left out. */
function examplesOf(body: z.ZodType) {
  const { examples = [] } = body.meta() as { examples?: unknown[] };
  return (
    examples.length > 0 && { examples: Object.fromEntries(examples.map((value, index) => [index + 1, { value }])) }
  );
}

/** The OpenAPI 3.1 document of the routes, drawn from the same schemas that the verbs parse with. */
export function describeRoutes(routes: readonly Route[], version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(route) };
  }
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Proviso',
        version,
        description: 'Agents propose actions, people approve them, workers run them once.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      security: [{ token: [] }],
      tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name, description: TAGS[name] })),
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      paths,
    },
    {
      override: ({ jsonSchema, io }) => {
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    },
  );
}

const limitsOf = ({ bytesMax, depthMax, valuesMax, keysMax }: BodyLimits): string =>
  `At most ${bytesMax / 1024} KiB, also when unpacked, ${depthMax} levels, ${valuesMax} values and ${keysMax} keys. ` +
  'May be packed once: gzip, deflate or br.';

function describeRoute(route: Route) {
  const optional = route.body?.safeParse({}).success ?? false;
  const done = {
    description: 'Done.',
    content: { [route.streams ? 'text/event-stream' : 'application/json']: { schema: route.reply } },
  };
  return {
    operationId: route.operationId,
    ...(route.handleOutsider && { security: [{}, { token: [] }] }),
    summary: route.summary,
    tags: [route.tag],
    requestParams: {
      ...(route.path.includes('{') && { path: pathParams(route.path) }),
      ...(route.query && { query: route.query }),
      header: headersOf(route),
    },
    ...(route.body && {
      requestBody: {
        required: !optional,
        description: limitsOf(route.bodyLimits ?? BODY),
        content: { 'application/json': { schema: route.body, ...examplesOf(route.body) } },
      },
    }),
    responses: { [`${route.status ?? 200}` as '200']: done, ...failuresOf(route) },
  };
}
