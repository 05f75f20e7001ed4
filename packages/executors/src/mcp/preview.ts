import { mcpConfig, type McpConfig, type Preview } from '@proviso/contracts';
import { givenLabel, type IdentityView } from '@proviso/core/executor';
import { previewField } from '../preview-field.ts';
import type { CurrentTool } from './read-tool.ts';
import type { McpParams } from './params.ts';

/** Whether the identity says that the tool may be called again; the server's own claim does not count. */
export const isIdempotent = ({ tool }: McpParams, config: McpConfig | undefined): boolean =>
  config?.idempotent_tools?.includes(tool) ?? false;

export function previewCall(
  params: McpParams,
  identity: IdentityView | null,
  { definition, untested = [] }: CurrentTool = {},
): Preview {
  const config = mcpConfig.safeParse(identity?.config).data;
  const { title, description, annotations, input_schema } = definition ?? {};
  return {
    title: `Call ${params.tool} on ${identity?.name ?? 'an MCP server'}`,
    fields: [
      { label: 'Server', value: config?.url ?? config?.server ?? '?' },
      { label: 'Tool', value: params.tool },
      ...previewField('Tool title', title),
      // Sorted by name: jsonb returns the keys in another order than the proposal.
      ...Object.entries(params.arguments)
        .map(([name, value]) => ({ label: givenLabel('arguments', name), value }))
        .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
      {
        label: 'When the answer is lost',
        value: isIdempotent(params, config) ? 'it is called again' : 'it is not called again',
      },
      { label: 'Description', value: description ?? null },
      { label: 'Claims', value: annotations ?? null },
      { label: 'Input schema', value: input_schema ?? null },
    ],
    warnings: [
      'The tool’s title, description and claims are the server’s own words.',
      ...untested.map((what) => `The arguments were not validated by the whole input schema: ${what}.`),
    ],
  };
}
