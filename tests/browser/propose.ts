import type { Action } from '@proviso/contracts';
import type { Office } from './open-inbox.ts';

export interface Proposal {
  type: string;
  params: object;
  description?: string;
  run_id?: string;
  metadata?: Record<string, string>;
  identity_id?: string;
}

export const task = (title: string, more: object = {}): Proposal => ({
  type: 'create_task',
  params: { title, ...more },
});

/** Proposes each for a person; their ids, in their order. */
export async function propose(
  { agent, identityId }: Pick<Office, 'agent' | 'identityId'>,
  ...proposals: Proposal[]
): Promise<string[]> {
  const actions = proposals.map((proposal) => ({ identity_id: identityId, require_approval: true, ...proposal }));
  const { status, body } = await agent<{ results: { action_id?: string }[] }>('POST', '/v1/actions/bulk', { actions });
  const refused = body.results?.filter(({ action_id }) => !action_id);
  if (status >= 300 || refused.length > 0) throw new Error(`It was refused: ${JSON.stringify(refused ?? body)}`);
  return body.results.map(({ action_id = '' }) => action_id);
}

export const read = async ({ reviewer }: Pick<Office, 'reviewer'>, id: string | undefined): Promise<Action> =>
  (await reviewer<{ action: Action }>('GET', `/v1/actions/${id}`)).body.action;
