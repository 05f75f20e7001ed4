import { z } from 'zod';
import { action, metadata, pagination } from './actions.ts';
import { plainText } from './json.ts';
import { strictFields } from './optional.ts';

const ok = z.literal('success');
const id = z.string().min(1).max(64);
const name = plainText(255).min(1);
const description = plainText(2000);
const types = z
  .array(plainText(64).min(1))
  .max(100)
  .refine((list) => new Set(list).size === list.length, 'names a type twice');

export const APPROVALS = ['always', 'never'] as const;

/** `approval`, `auto_approve_types` and `enabled` need workspace:admin. */
const settings = {
  enabled: z.boolean().optional(),
  approval: z.enum(APPROVALS).optional(),
  auto_approve_types: types.optional(),
};

export const createAgentBody = strictFields({
  name,
  description: description.optional(),
  identity_id: id.optional(),
  ...settings,
}).meta({
  id: 'CreateAgent',
  examples: [{ name: 'Outreach', description: 'Writes to new leads.', auto_approve_types: ['create_note'] }],
});
export type CreateAgentBody = z.output<typeof createAgentBody>;

export const updateAgentBody = z
  .strictObject({
    name: name.optional(),
    description: description.nullable().optional(),
    identity_id: id.nullable().optional(),
    ...settings,
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateAgent', examples: [{ enabled: false }] });
export type UpdateAgentBody = z.output<typeof updateAgentBody>;

export const agent = z
  .object({
    agent_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    enabled: z.boolean(),
    approval: z.enum(APPROVALS),
    auto_approve_types: z.array(z.string()),
    identity_id: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Agent' });
export type Agent = z.output<typeof agent>;
export const agentReply = z.object({ status: ok, agent });
export const listAgentsReply = z.object({ status: ok, agents: z.array(agent), pagination });

export const RUN_STATUSES = ['running', 'completed', 'failed'] as const;
export const createRunBody = strictFields({ metadata: metadata.optional() }).meta({
  id: 'CreateRun',
  examples: [{ metadata: { campaign: 'spring' } }],
});
export const updateRunBody = z
  .strictObject({ status: z.enum(RUN_STATUSES).optional(), metadata: metadata.optional() })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
  .meta({ id: 'UpdateRun', examples: [{ status: 'completed' }] });
export const run = z
  .object({
    run_id: z.string(),
    agent_id: z.string(),
    status: z.enum(RUN_STATUSES),
    metadata: z.record(z.string(), z.string()),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Run' });
export type Run = z.output<typeof run>;
export const runReply = z.object({ status: ok, run });
export const runWithActionsReply = z.object({ status: ok, run, actions: z.array(action), pagination });
export const listRunsReply = z.object({ status: ok, runs: z.array(run), pagination });
