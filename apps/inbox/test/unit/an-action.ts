import type { Action } from '@proviso/contracts';

let last = 0;

/** An action as /v1 shows it, with what a test says of it. */
export function anAction(given: Partial<Action> = {}): Action {
  const number = ++last;
  return {
    action_id: `act_${number}`,
    type: 'email_message',
    status: 'pending_approval',
    status_reason: null,
    params: {},
    original_params: null,
    params_hash: `hash ${number}`,
    card_digest: `digest ${number}`,
    version: 1,
    identity_id: 'id_1',
    description: null,
    preview: { title: 'Email to ada@example.com', fields: [] },
    direct: false,
    require_approval: true,
    scheduled_time: null,
    due_at: '2030-01-01T00:00:00.000Z',
    expires_at: null,
    list_id: null,
    item_id: null,
    contact_id: null,
    company_id: null,
    agent_id: 'agt_1',
    run_id: null,
    action_index: null,
    mission_id: null,
    session_id: null,
    batch_id: null,
    again_of: null,
    metadata: {},
    approval: null,
    attempts: 0,
    result: null,
    error: null,
    created_by: { kind: 'agent', id: 'agt_1', name: 'Billing' },
    assignee: null,
    created_at: '2030-01-01T00:00:00.000Z',
    updated_at: '2030-01-01T00:00:00.000Z',
    started_at: null,
    effect_started_at: null,
    completed_at: null,
    redacted_at: null,
    ...given,
  };
}
