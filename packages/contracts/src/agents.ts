import { z } from 'zod';
import { ok } from './fields.ts';
import { utcTimestamp } from './time.ts';
import { idOrUuid, prefixedId } from './ids.ts';
import { action, metadata, pagination } from './actions.ts';
import { plainText } from './json.ts';
import { strictFields } from './optional.ts';

const name = plainText(255).min(1);
const description = plainText(2000);
const types = z
  .array(plainText(64).min(1))
  .max(100)
  .refine((list) => new Set(list).size === list.length, 'lists a type twice');

export const APPROVALS = ['always', 'never'] as const;
const approvalRule = z
  .enum(APPROVALS)
  .meta({ id: 'ApprovalRule', description: 'Whether an agent’s proposals wait for a person.' });

/** `approval`, `auto_approve_types` and `enabled` require workspace:admin. */
const settings = {
  enabled: z
    .boolean()
    .optional()
    .describe('While it is false, the agent cannot propose and none of its actions start. Needs workspace:admin.'),
  approval: approvalRule

    .optional()
    .describe(
      'Whether its proposals wait for a person: `always`, except for `auto_approve_types`, or `never`. Needs workspace:admin.',
    ),
  auto_approve_types: types.optional().describe('Types that do not wait for a person. Needs workspace:admin.'),
};

export const createAgentBody = strictFields({
  name: name.describe('For people.'),
  description: description.optional().describe('A description for people.'),
  identity_id: idOrUuid('identity')
    .optional()
    .describe('The account that it acts as when a proposal in the second dialect names none.'),
  ...settings,
}).meta({
  id: 'CreateAgent',
  description: 'A new agent.',
  examples: [{ name: 'Outreach', description: 'Writes to new leads.', auto_approve_types: ['create_note'] }],
});

export const updateAgentBody = z
  .strictObject({
    name: name.optional().describe('For people.'),
    description: description.nullable().optional().describe('A description for people; null removes it.'),
    identity_id: idOrUuid('identity')
      .nullable()
      .optional()
      .describe('The account that it acts as when a proposal in the second dialect names none; null = none.'),
    ...settings,
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateAgent', description: 'What to change about an agent.', examples: [{ enabled: false }] });
export type UpdateAgentBody = z.output<typeof updateAgentBody>;

export const agent = z
  .object({
    agent_id: prefixedId('agent').describe('Its id.'),
    name: z.string().describe('For people.'),
    description: z.string().nullable().describe('A description; null = none.'),
    enabled: z.boolean().describe('While it is false, the agent cannot propose and none of its actions start.'),
    approval: approvalRule

      .describe('Whether its proposals wait for a person: `always`, except for `auto_approve_types`, or `never`.'),
    auto_approve_types: z.array(z.string()).describe('Types that do not wait for a person.'),
    identity_id: prefixedId('identity')
      .nullable()
      .describe('The account that it acts as when a proposal in the second dialect names none; null = none.'),
    created_at: utcTimestamp.describe('When it was added.'),
    updated_at: utcTimestamp.describe('When it last changed.'),
  })
  .meta({ id: 'Agent', description: 'A program that proposes actions.' });
export type Agent = z.output<typeof agent>;
export const agentReply = z.object({ status: ok, agent: agent.describe('The agent as it is now.') });
export const listAgentsReply = z.object({
  status: ok,
  agents: z.array(agent).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});

export const RUN_STATUSES = ['running', 'completed', 'failed'] as const;
const runStatus = z
  .enum(RUN_STATUSES)
  .meta({ id: 'RunStatus', description: 'The status of a run, as its agent reports it.' });
export const createRunBody = strictFields({
  metadata: metadata.optional().describe('Up to 50 key-value pairs, returned unchanged.'),
}).meta({
  id: 'CreateRun',
  description: 'A new run of an agent.',
  examples: [{ metadata: { campaign: 'spring' } }],
});
export const updateRunBody = z
  .strictObject({
    status: runStatus.optional().describe('Its current status.'),
    metadata: metadata.optional().describe('All your key-value pairs, replacing the old ones.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateRun', description: 'The new status of a run.', examples: [{ status: 'completed' }] });
export const run = z
  .object({
    run_id: prefixedId('run').describe('Its id.'),
    agent_id: prefixedId('agent').describe('Whose run it is.'),
    status: runStatus.describe('Its status, as its agent reports it.'),
    metadata: z.record(z.string(), z.string()).describe('Your key-value pairs.'),
    created_at: utcTimestamp.describe('When it began.'),
    updated_at: utcTimestamp.describe('When it last changed.'),
  })
  .meta({ id: 'Run', description: 'A run of an agent, which groups its proposals.' });
export type Run = z.output<typeof run>;
export const runReply = z.object({ status: ok, run: run.describe('The run as it is now.') });
export const runWithActionsReply = z.object({
  status: ok,
  run: run.describe('The run as it is now.'),
  actions: z.array(action).describe('A page of its actions.'),
  pagination: pagination.describe('The position of the page.'),
});
export const listRunsReply = z.object({
  status: ok,
  runs: z.array(run).describe('The page.'),
  pagination: pagination.describe('The position of the page.'),
});
