// The OpenAPI 3.1 document, generated from the routes and from the schemas that the verbs parse with. Held by
// document.test.ts, which sends every example and reads every reply by it.
import { createActionBody } from '@proviso/contracts';
import type { Registry } from '@proviso/core';
import type { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { BODY, type BodyLimits } from './body.ts';
import { kindSchemas, splitByKind, type Schemas } from './document/by-kind.ts';
import { failuresOf } from './document/failures.ts';
import { kindsOf, type ActionKind, type Kinds } from './document/kinds.ts';
import { parametersOf } from './document/parameters.ts';
import { RECORDED } from './document/recorded.ts';
import type { Route } from './route.ts';
import { TAGS } from './tags.ts';

/** With TLS, the cookie's name begins with `__Host-`. */
const SECURITY = {
  token: { type: 'http', scheme: 'bearer' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'proviso_session',
    description:
      'Of a person who signed in with a browser. Writes need `Sec-Fetch-Site: same-origin`, as its pages send it.',
  },
} as const;

/** No route has this address. Bodies under it are described as input, not as replies. */
const KINDS = '/kinds';

/**
 * Kept next to the schema: inside it, the generator would drop examples that contain times, which parsing transforms.
 */
function examplesOf(body: z.ZodType, { actions }: Kinds) {
  const { examples = [] } = body.meta() as { examples?: unknown[] };
  const all = [
    ...examples.map((value, index) => [`${index + 1}`, { value }] as const),
    ...(body === createActionBody ? actions.flatMap((kind) => proposalsOf(kind)) : []),
  ];
  return all.length > 0 && { examples: Object.fromEntries(all) };
}

/** One proposal for each example of the type's params. */
function proposalsOf({ value: type, params }: ActionKind) {
  const { examples = [], description: summary } = params.meta() ?? {};
  return (examples as object[]).map((example, index) => {
    const value = { type, params: example, identity_id: 'id_01h455vb4pex5vsknk084sn02q' };
    return [index === 0 ? type : `${type}_${index + 1}`, { ...(summary && { summary }), value }] as const;
  });
}

/** The OpenAPI 3.1 document of the routes, generated from the schemas that the verbs parse with. */
export function describeRoutes(
  routes: readonly Route[],
  executors: Registry,
  version: string,
): ReturnType<typeof createDocument> {
  const kinds = kindsOf(executors);
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(route, kinds) };
  }
  paths[KINDS] = {
    post: { requestBody: { content: { 'application/json': { schema: kindSchemas(kinds) } } }, responses: {} },
  };
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Proviso',
        version,
        description: 'Agents propose actions, people approve them, workers run them once.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      security: [{ token: [] }, { session: [] }],
      tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name, description: TAGS[name] })),
      components: { securitySchemes: SECURITY },
      paths,
    },
    {
      override: ({ jsonSchema, io }) => {
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
        if (io === 'input') describeDefault(jsonSchema);
      },
    },
  );
  delete document.paths?.[KINDS];
  allowFieldsBesideReference(document);
  splitByKind(document.components?.schemas as Schemas, kinds);
  return document;
}

/**
 * States the default in words: generators treat a field with a default as always present, so callers could not omit it.
 */
function describeDefault(schema: { default?: unknown; description?: string }): void {
  if (!('default' in schema)) return;
  const { description = '' } = schema;
  if (!/\bdefault\b/i.test(description))
    schema.description = `${description} \`${JSON.stringify(schema.default)}\` by default.`.trim();
  delete schema.default;
}

/** A description next to a reference keeps `additionalProperties: false`, which would refuse every field. */
function allowFieldsBesideReference(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('$ref' in node && 'additionalProperties' in node) delete node.additionalProperties;
  for (const child of Object.values(node)) allowFieldsBesideReference(child);
}

const limitsOf = ({ bytesMax, depthMax, valuesMax, keysMax }: BodyLimits): string =>
  `At most ${bytesMax / 1024} KiB, also after decompression, ${depthMax} levels, ${valuesMax} values and ${keysMax} keys. ` +
  'May be compressed once, with gzip, deflate or br.';

/** The recorded reply to the operation's first example. */
const replyOf = ({ operationId }: Route) => {
  const { reply } = RECORDED[operationId] ?? {};
  return reply !== undefined && { examples: { reply: { value: reply } } };
};

function describeRoute(route: Route, kinds: Kinds) {
  const optional = route.body?.safeParse({}).success ?? false;
  const done = {
    description: 'Done.',
    content: { [route.streams ?? 'application/json']: { schema: route.reply, ...replyOf(route) } },
  };
  return {
    operationId: route.operationId,
    ...(route.handleOutsider && { security: [{}, { token: [] }, { session: [] }] }),
    summary: route.summary,
    description: route.description,
    tags: [route.tag],
    requestParams: parametersOf(route),
    ...(route.body && {
      requestBody: {
        required: !optional,
        description: limitsOf(route.bodyLimits ?? BODY),
        content: { 'application/json': { schema: route.body, ...examplesOf(route.body, kinds) } },
      },
    }),
    responses: { [`${route.status ?? 200}` as '200']: done, ...failuresOf(route) },
  };
}
