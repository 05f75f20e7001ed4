import { newId } from '@proviso/core';
import { TOOL, type SeededWorkspace } from './seeded-workspace.ts';

/** A body that the route would take, so that only the caller is at fault. */
export const BODIES: Record<string, (here: SeededWorkspace) => object> = {
  createAction: ({ identityId }) => ({ type: 'probe_idempotent', identity_id: identityId, params: {} }),
  updateAction: () => ({ description: 'x' }),
  runActionNow: () => ({}),
  cancelAction: () => ({}),
  recallAction: () => ({}),
  updateSettings: () => ({ hold_seconds: 20 }),
  decideAction: () => ({ action: 'approve' }),
  rejectAction: () => ({}),
  processActions: () => ({}),
  bulkCreateActions: ({ identityId }) => ({
    actions: [{ type: 'probe_idempotent', identity_id: identityId, params: {} }],
  }),
  bulkDecideActions: ({ ids }) => ({ action: 'approve', action_ids: [ids.action_id] }),
  createContact: () => ({ email: 'new@example.com' }),
  updateContact: () => ({ properties: { a: 1 } }),
  createContactNote: () => ({ content: 'x' }),
  createCompany: () => ({ name: 'New' }),
  updateCompany: () => ({ properties: { a: 1 } }),
  createCompanyNote: () => ({ content: 'x' }),
  updateTask: () => ({ completed: true }),
  recordEmailMessage: () => ({
    direction: 'inbound',
    message_id: '<new@example.com>',
    from: 'ann@example.com',
    to: 'us@example.com',
    at: '2026-01-02T03:04:05Z',
  }),
  createIdentity: () => ({ provider: 'internal', name: 'n' }),
  updateIdentity: () => ({ name: 'n' }),
  verifyIdentity: () => ({}),
  createTool: () => TOOL,
  pauseWork: () => ({}),
  resumeWork: () => ({}),
  createKey: () => ({ name: 'k', scopes: ['actions:read'] }),
  revokeKey: () => ({}),
  setPassword: () => ({ password: 'correct horse battery staple', email: `${newId()}@example.com` }),
  createInvitation: () => ({ email: `${newId()}@example.com`, role: 'viewer' }),
  removeMember: () => ({}),
  updateMember: () => ({ role: 'reviewer' }),
  createWorkspace: () => ({ name: 'New' }),
  createAgent: () => ({ name: 'New' }),
  updateAgent: () => ({ name: 'New' }),
  createRun: () => ({}),
  updateRun: () => ({ status: 'completed' }),
  decideRunAction: () => ({ action: 'approve' }),
  rejectRunAction: () => ({}),
  createPendingAction: ({ id, identityId }) => ({
    workspaceId: id,
    toolName: 'probe_idempotent',
    toolInput: {},
    identityId,
  }),
  batchApprovePendingActions: ({ ids }) => ({ items: [{ pendingActionId: ids.pa_id }] }),
  approvePendingAction: () => ({}),
  rejectPendingAction: () => ({}),
};

/** A query that the route would take. */
export const QUERIES: Record<string, (here: SeededWorkspace) => Record<string, string>> = {
  listPendingActions: ({ id }) => ({ workspace_id: id }),
  streamPendingActions: ({ id }) => ({ workspace_id: id }),
};
