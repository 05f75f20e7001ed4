// Bodies whose fields depend on their type or provider: one schema for each, with that field as the discriminator.
import { TOOL_NAME } from '@proviso/contracts';
import { z } from 'zod';
import type { AccountKind, Kinds } from './kinds.ts';

/** The document's components, by name. */
export type Schemas = Record<string, object>;

interface ObjectSchema {
  description?: string;
  properties: Record<string, object>;
  required?: string[];
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The schemas of the kinds themselves; each becomes a component of the document. */
export function kindSchemas({ actions, accounts }: Kinds): z.ZodType {
  const named = (id: string, schema: z.ZodType, description: string): [string, z.ZodType] => [
    id,
    schema.meta({ description, ...schema.meta(), id }),
  ];
  return z.object(
    Object.fromEntries([
      ...actions.flatMap(({ name, value, params, edits }) => [
        named(`${name}Params`, params, `Params of \`${value}\`.`),
        named(`${name}Edits`, edits, `Changes to the params of \`${value}\`.`),
      ]),
      ...accounts.flatMap(({ name, value, provider: { config, credentials } }) => [
        named(`${name}Config`, config, `Settings of an identity of \`${value}\`.`),
        ...(credentials ? [named(`${name}Credentials`, credentials, `Secrets of an identity of \`${value}\`.`)] : []),
      ]),
    ]),
  );
}

/** Splits the schemas of bodies that name a kind, in place. */
export function splitByKind(schemas: Schemas, { actions, accounts }: Kinds): void {
  if (actions.length > 0) splitActions(schemas, actions);
  if (accounts.length > 0) splitAccounts(schemas, accounts);
}

function splitActions(schemas: Schemas, actions: Kinds['actions']): void {
  schemas[TOOL_NAME_SCHEMA] = toolName(actions.map(({ value }) => value));
  split(schemas, 'CreateAction', {
    on: 'type',
    variants: actions.map(({ name, value, executor: { identity } }) => ({
      name: `${name}Proposal`,
      value,
      fields: {
        params: ref(`${name}Params`),
        ...(identity !== 'none' && { identity_id: { description: `The \`${identity}\` identity to act as.` } }),
      },
    })),
    open: { name: 'WorkspaceToolProposal', builtIns: 'BuiltInProposal' },
  });
  split(schemas, 'CreatePendingAction', {
    on: 'toolName',
    variants: actions.map(({ name, value }) => ({
      name: `${name}Call`,
      value,
      fields: { toolInput: ref(`${name}Params`), preview: null },
    })),
    open: { name: 'WorkspaceToolCall', builtIns: 'BuiltInCall' },
  });
  const open = (description: string) => ({ type: 'object', additionalProperties: true, description });
  schemas.ActionParams = {
    description: 'Params of the action’s type.',
    anyOf: [
      ...actions.map(({ name }) => ref(`${name}Params`)),
      open('For a workspace’s tool: as its own schema says.'),
    ],
  };
  schemas.ActionEdits = {
    description:
      'Changes to params of the action’s type. Null removes a field; fields that are not named stay as they are.',
    anyOf: [...actions.map(({ name }) => ref(`${name}Edits`)), open('For a workspace’s tool: as its own schema says.')],
  };
  refer(schemas, 'UpdateAction', { params: 'ActionParams' });
  refer(schemas, 'DecideAction', { edits: 'ActionEdits' });
  refer(schemas, 'BulkDecideActions', { edits: 'ActionEdits' });
  refer(schemas, 'ApprovePendingAction', { userEdits: 'ActionEdits' });
  const { items } = objectAt(schemas, 'BatchApprovePendingActions').properties.items as { items: ObjectSchema };
  items.properties.userEdits = { ...describedAs(items.properties.userEdits), ...ref('ActionEdits') };
  const { actions: list } = objectAt(schemas, 'BulkCreateActions').properties as { actions: { items: object } };
  list.items = ref('CreateAction');
}

function splitAccounts(schemas: Schemas, accounts: readonly AccountKind[]): void {
  split(schemas, 'CreateIdentity', {
    on: 'provider',
    variants: accounts.map(({ name, value, provider: { config, credentials } }) => ({
      name: `Create${name}Identity`,
      value,
      fields: { config: ref(`${name}Config`), credentials: credentials ? ref(`${name}Credentials`) : null },
      required: config.safeParse({}).success ? [] : ['config'],
    })),
  });
  const sealed = accounts.filter(({ provider }) => provider.credentials);
  schemas.IdentityConfig = {
    description: 'Settings of the identity’s provider.',
    anyOf: accounts.map(({ name }) => ref(`${name}Config`)),
  };
  schemas.IdentityCredentials = {
    description: 'Secrets of the identity’s provider.',
    anyOf: sealed.map(({ name }) => ref(`${name}Credentials`)),
  };
  refer(schemas, 'UpdateIdentity', { config: 'IdentityConfig' });
  const { properties } = objectAt(schemas, 'UpdateIdentity');
  const { description } = properties.credentials as { description: string };
  properties.credentials = { description, anyOf: [ref('IdentityCredentials'), { type: 'null' }] };
}

const TOOL_NAME_SCHEMA = 'WorkspaceToolName';

/**
 * A name that no built-in type has. The second part of the union matches every string. TypeScript turns it into a type
 * that no literal has by itself; otherwise a built-in type with wrong params would type-check as a workspace tool.
 */
const toolName = (types: readonly string[]) => ({
  description:
    'The name of one of the workspace’s tools, never a built-in type. In TypeScript, cast a string to it: `name as WorkspaceToolName`.',
  allOf: [
    { type: 'string', pattern: TOOL_NAME.source, not: { enum: types } },
    {
      properties: { isWorkspaceTool: { const: true, description: 'Only for the compiler.' } },
      required: ['isWorkspaceTool'],
    },
  ],
});

interface Variant {
  name: string;
  value: string;
  /** Replace the fields of the same name; null removes one. */
  fields: Record<string, object | null>;
  required?: readonly string[];
}
interface Split {
  on: string;
  variants: readonly Variant[];
  /** The schema for any other value of the field, with the fields unchanged, and the schema of all variants. */
  open?: { name: string; builtIns: string };
}

function split(schemas: Schemas, whole: string, { on, variants, open }: Split): void {
  const { description = '', ...body } = objectAt(schemas, whole);
  const { [on]: told = {}, ...others } = body.properties;
  for (const { name, value, fields, required = [] } of variants) {
    const properties: Record<string, object> = {
      [on]: { type: 'string', const: value, description: `Always \`${value}\`.` },
    };
    for (const [field, schema] of Object.entries(others)) {
      const own = fields[field];
      if (own !== null)
        properties[field] = own && '$ref' in own ? { ...describedAs(schema), ...own } : { ...schema, ...own };
    }
    schemas[name] = {
      ...body,
      description: `${description.replace(/\.$/, '')}: \`${value}\`.`,
      properties,
      required: [...new Set([...(body.required ?? []), ...required])],
    };
  }
  const toldApart = {
    description,
    oneOf: variants.map(({ name }) => ref(name)),
    discriminator: {
      propertyName: on,
      mapping: Object.fromEntries(variants.map(({ name, value }) => [value, ref(name).$ref])),
    },
  };
  if (!open) {
    schemas[whole] = toldApart;
    return;
  }
  schemas[open.builtIns] = { ...toldApart, description: `${description.replace(/\.$/, '')}: of a built-in type.` };
  schemas[open.name] = {
    ...body,
    description: `${description.replace(/\.$/, '')}: one of the workspace’s own tools.`,
    properties: { [on]: { ...describedAs(told), ...ref(TOOL_NAME_SCHEMA) }, ...others },
  };
  schemas[whole] = { description, oneOf: [ref(open.builtIns), ref(open.name)] };
}

/** Points fields of a body at a schema and keeps their descriptions. */
function refer(schemas: Schemas, whole: string, fields: Record<string, string>): void {
  const { properties } = objectAt(schemas, whole);
  for (const [field, name] of Object.entries(fields)) {
    properties[field] = { ...describedAs(properties[field]), ...ref(name) };
  }
}

const describedAs = (schema: object | undefined): { description?: string } =>
  schema && 'description' in schema ? { description: String(schema.description) } : {};

function objectAt(schemas: Schemas, name: string): ObjectSchema {
  const schema = schemas[name];
  if (!schema || !('properties' in schema)) throw new Error(`The document has no object ${name}.`);
  return schema as ObjectSchema;
}
