// The public interface of core. Everything else is internal.
export { bulkCreateActions } from './review/bulk-create.ts';
export { bulkDecideActions } from './review/bulk-decide.ts';
export { cancelAction } from './review/cancel.ts';
export { clearedHash } from './executors/cleared-hash.ts';
export { cardDigestOf } from './executors/render-preview.ts';
export { authorizeProposing, createAction } from './review/create.ts';
export { confirmOutcome } from './review/confirm-outcome.ts';
export { decideAction } from './review/decide.ts';
export { getAction, getActionInWorkspace } from './review/get.ts';
export { countActions } from './review/count.ts';
export { type ActionPage, listActions } from './review/list.ts';
export { inChunks, sizeOf } from './platform/chunks.ts';
export { processActions } from './execution/process.ts';
export { authorizeProposingAgain, proposeAgain } from './review/propose-again.ts';
export { recallAction } from './review/recall.ts';
export { rejectAction } from './review/reject.ts';
export {
  actionMoved,
  leaseLost,
  retentionPassed,
  runRecorded,
  runStarted,
  sweepPassed,
  webhookAttempted,
} from './action/diagnostics.ts';
export { type ActionEvent, type ActionRow, effectiveParams, rowFromJson } from './action/row.ts';
export { runActionNow } from './review/run-now.ts';
export { updateAction } from './review/update.ts';
export { createWaiters, type Waiters } from './review/wait.ts';
export { createAgent } from './agents/create.ts';
export { deleteAgent } from './agents/delete.ts';
export { getAgent } from './agents/get.ts';
export { listAgents } from './agents/list.ts';
export { updateAgent } from './agents/update.ts';
export { atMostEvery } from './platform/at-most-every.ts';
export { hashJson, hashLargeJson, sameJson } from './platform/canonical.ts';
export { listCompanyContacts } from './crm/companies/contacts.ts';
export { createCompany } from './crm/companies/create.ts';
export { deleteCompany } from './crm/companies/delete.ts';
export { getCompany } from './crm/companies/get.ts';
export { listCompanies } from './crm/companies/list.ts';
export { createCompanyNote, listCompanyNotes } from './crm/companies/notes.ts';
export { updateCompany } from './crm/companies/update.ts';
export { listContactActions } from './review/list-for-contact.ts';
export { createContact } from './crm/contacts/create.ts';
export { deleteContact } from './crm/contacts/delete.ts';
export { getContact } from './crm/contacts/get.ts';
export { listContactLifecycle } from './crm/contacts/lifecycle.ts';
export { listContacts } from './crm/contacts/list.ts';
export { createContactNote, listContactNotes } from './crm/contacts/notes.ts';
export { listContactThreads } from './crm/contacts/threads.ts';
export { updateContact } from './crm/contacts/update.ts';
export {
  authorize,
  authorizeActing,
  authorizeConfiguration,
  authorizeCredentials,
  authorizeDecision,
  authorizeReviewing,
  authorizePeople,
  authorizePerson,
  type Caller,
  type Context,
  keyIdOf,
  type Services,
} from './access/context.ts';
export { checkDurability, type Database, openDatabase, type Queryable, type Transaction } from './platform/db.ts';
export { sqlState } from './platform/database-errors.ts';
export { recordEmailMessage } from './crm/email-messages/record.ts';
export {
  COMMON_ENVIRONMENT,
  type CommonConfig,
  commonConfig,
  flag,
  milliseconds,
  port,
  readEnvironment,
} from './environment.ts';
export { VARIABLES, warnOfUnknownVariables } from './unknown-variables.ts';
export { ActionError } from './action/action-error.ts';
export { AppError, invalid, invalidInput } from './platform/errors.ts';
export { readBriefing } from './events/briefing.ts';
export { createFeed, type Feed } from './events/feed.ts';
export { listenToEvents, type Stream } from './events/listen.ts';
export { formatFeedCursor } from './events/feed-cursor.ts';
export { actionOf, entryOf, type FeedEvent } from './events/read.ts';
export { claim, claimDue, claimForIdle } from './execution/claim.ts';
export { execute, runClaimed, runInSlot } from './execution/execute.ts';
export { createLeases } from './execution/leases.ts';
export { adoptLost, expireOpen, recoverLost } from './execution/recover.ts';
export { createRegistry, type Registry } from './executors/registry.ts';
export { type DispatchHold, type Epoch, openEpoch } from './platform/epoch.ts';
export { type EpochMirror, openEpochMirror } from './platform/epoch-mirror.ts';
export { DEFAULT_TIMINGS, type Timings } from './platform/timings.ts';
export { createSlots, type FreeSlots, reserveOf, type SlotOptions } from './execution/slots.ts';
export { type Worker } from './execution/worker.ts';
export { forProcess, forTenant } from './platform/fair-pool.ts';
export { createFairSlots, type FairSlots } from './platform/fair-slots.ts';
export { callGatewayTool } from './gateways/call-tool.ts';
export { listOfferedTools, type OfferedTool } from './gateways/offered-tools.ts';
export { type AgentGateway, authorizeGatewayUse, openGatewayForAgent } from './gateways/open-for-agent.ts';
export { tellResult } from './gateways/propose-call.ts';
export { getGatewayPrompt, listThroughGateway, readGatewayResource } from './gateways/read-through.ts';
export { createGateway } from './gateways/create.ts';
export { deleteGateway } from './gateways/delete.ts';
export { deleteOldGatewayRows } from './gateways/delete-old.ts';
export { getGateway } from './gateways/get.ts';
export { listGateways } from './gateways/list.ts';
export { listGatewayReads } from './gateways/list-reads.ts';
export { listGatewayTools } from './gateways/list-tools.ts';
export { refreshGateway } from './gateways/refresh.ts';
export { reviewGatewayTools } from './gateways/review-tools.ts';
export { updateGateway } from './gateways/update.ts';
export { createIdentity } from './identities/create.ts';
export { deleteIdentity } from './identities/delete.ts';
export { getIdentity } from './identities/get.ts';
export { listIdentities } from './identities/list.ts';
export { updateIdentity } from './identities/update.ts';
export { verifyIdentity } from './identities/verify.ts';
export { deleteOldIdempotencyKeys, type Idempotency } from './platform/idempotency.ts';
export { contactId, newId, parseId, formatId, formatIdOrNull } from './platform/ids.ts';
export { acceptInvitation } from './access/invitations/accept.ts';
export { createInvitation } from './access/invitations/create.ts';
export { listInvitations } from './access/invitations/list.ts';
export { revokeInvitation } from './access/invitations/revoke.ts';
export { authenticate, callerIn, callersNamed, chooseCaller } from './access/api-keys/authenticate.ts';
export { type AuthenticatedPerson, authenticatePerson } from './access/api-keys/authenticate-person.ts';
export { createKey } from './access/api-keys/create.ts';
export { listKeys } from './access/api-keys/list.ts';
export { revokeKey } from './access/api-keys/revoke.ts';
export { hashToken, lookupOf, newToken, tokenFault } from './access/api-keys/token.ts';
export { BACKLOG_COUNT_MAX, MEASURE_BACKLOG } from './action/sql/backlog.ts';
export { LIFECYCLE, type Move } from './action/lifecycle.ts';
export { logLimited } from './platform/log-limited.ts';
export { openLog } from './platform/log.ts';
export { mapInSlices } from './platform/map-in-slices.ts';
export { listReviewers } from './access/members/list-reviewers.ts';
export { listMembers } from './access/members/list.ts';
export { removeMember } from './access/members/remove.ts';
export { updateMember } from './access/members/update.ts';
export { checkMigrated } from './platform/migrated.ts';
export { endOperatorSession } from './access/operator-sessions/end.ts';
export { findOperatorSession } from './access/operator-sessions/find.ts';
export { openOperatorSession } from './access/operator-sessions/open.ts';
export { SESSION_MS } from './access/operator-sessions/operator.ts';
export { type Page } from './platform/page.ts';
export { readDispatch } from './execution/read-dispatch.ts';
export { resumeDispatch } from './execution/resume-dispatch.ts';
export { authorizePausing, listPauses, type Paused, pauseWork, resumeWork } from './pauses/pause.ts';
export { approvePendingAction } from './review/pending-actions/approve.ts';
export { batchApprovePendingActions, type BatchItem } from './review/pending-actions/batch-approve.ts';
export { createPendingAction, type PendingProposal } from './review/pending-actions/create.ts';
export { getPendingAction } from './review/pending-actions/get.ts';
export { listPendingActions, type PendingActionPage } from './review/pending-actions/list.ts';
export { rejectPendingAction } from './review/pending-actions/reject.ts';
export { parseBatchId, workspaceOfAction, workspaceOfBatch } from './review/pending-actions/workspace.ts';
export { sendDuePush } from './notifications/push-due.ts';
export { subscribePush, unsubscribePush } from './notifications/push-subscriptions.ts';
export { sendDueNotification } from './notifications/send-due.ts';
export { getNotificationSettings, updateNotificationSettings } from './notifications/settings.ts';
export { type Consumer, openQueue } from './platform/queue.ts';
export { type Counted, openRateLimits, type RateLimits, type RateLimitsOptions } from './platform/rate-limits.ts';
export { createRun } from './runs/create.ts';
export { decideRunAction, type RunAddress } from './review/runs/decide.ts';
export { getRun } from './runs/get.ts';
export { listRuns } from './runs/list.ts';
export { rejectRunAction } from './review/runs/reject.ts';
export { updateRun } from './runs/update.ts';
export { countSealed, rotateSecrets } from './rotate-secrets.ts';
export {
  createKeyRingFile,
  type KeyRing,
  loadKeyRing,
  openSecret,
  readKeyRing,
  sealSecret,
} from './platform/secrets.ts';
export { applyRetention } from './retention/apply.ts';
export { exportWorkspace } from './retention/export.ts';
export { continueErasure } from './retention/erasures/continue.ts';
export { createErasure } from './retention/erasures/create.ts';
export { getErasure } from './retention/erasures/get.ts';
export { createLegalHold } from './retention/holds/create.ts';
export { listLegalHolds } from './retention/holds/list.ts';
export { releaseLegalHold } from './retention/holds/release.ts';
export { openServices } from './services.ts';
export { authorizeAccount } from './access/sessions/account.ts';
export { endSession } from './access/sessions/end.ts';
export { createSignInLink, useSignInLink } from './access/sessions/links.ts';
export { listSessions } from './access/sessions/list.ts';
export { getMe } from './access/sessions/me.ts';
export { openSession, SESSION_MAX_AGE_MS } from './access/sessions/open.ts';
export { hashPassword, verifyPassword } from './access/sessions/password.ts';
export { personOfProvider, type ProviderAccount } from './access/sessions/sign-in-by-provider.ts';
export { revokeSession } from './access/sessions/revoke.ts';
export { authorizePassword, setPassword } from './access/sessions/set-password.ts';
export { sessionCredential } from './access/sessions/token.ts';
export { getSettings } from './access/settings/get.ts';
export { updateSettings } from './access/settings/update.ts';
export { listContactTasks, listTasks } from './crm/tasks/list.ts';
export { updateTask } from './crm/tasks/update.ts';
export { nextSlice } from './platform/time-slice.ts';
export { createTool } from './tools/create.ts';
export { deleteTool } from './tools/delete.ts';
export { getToolSchema } from './tools/get-schema.ts';
export { listTools } from './tools/list.ts';
export { assignAction } from './review/assign.ts';
export { commentOnAction } from './review/comment.ts';
export { removeDemo } from './review/remove-demo.ts';
export { reportReading } from './review/report-reading.ts';
export { listSnoozes, snoozeAction, unsnoozeAction } from './review/snooze.ts';
export { transition, transitionHeld } from './action/transition.ts';
export { createView } from './access/views/create.ts';
export { deleteView } from './access/views/delete.ts';
export { listViews } from './access/views/list.ts';
export { type ClaimedDelivery, claimDeliveries } from './webhooks/claim-deliveries.ts';
export { createWebhook } from './webhooks/create.ts';
export { deleteOldDeliveries } from './webhooks/delete-old.ts';
export { deleteWebhook } from './webhooks/delete.ts';
export { deliver } from './webhooks/deliver.ts';
export { getWebhook } from './webhooks/get.ts';
export { listWebhookDeliveries } from './webhooks/list-deliveries.ts';
export { listWebhooks } from './webhooks/list.ts';
export { MEASURE_DELIVERIES } from './webhooks/measure.ts';
export { recordDeliveries } from './webhooks/record-deliveries.ts';
export { replayDelivery, replayFailedDeliveries } from './webhooks/replay.ts';
export { rotateWebhookSecret } from './webhooks/rotate-secret.ts';
export { updateWebhook } from './webhooks/update.ts';
export { bootstrap, recoverOwners } from './access/workspaces/bootstrap.ts';
export { createWorkspace } from './access/workspaces/create.ts';
export { listWorkspaces } from './access/workspaces/list.ts';
export { type NoParams, type Statement, statement, writtenStatements } from './platform/statement.ts';
