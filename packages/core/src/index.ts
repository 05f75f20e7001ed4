// What other packages may use. Whatever is not named here is a matter of core.
export { bulkCreateActions } from './actions/bulk-create.ts';
export { bulkDecideActions } from './actions/bulk-decide.ts';
export { cancelAction } from './actions/cancel.ts';
export { clearedHash } from './actions/cleared-hash.ts';
export { authorizeProposing, createAction } from './actions/create.ts';
export { decideAction } from './actions/decide.ts';
export { getAction, getActionInWorkspace } from './actions/get.ts';
export { type ActionPage, listActions } from './actions/list.ts';
export { inPortions, sizeOf } from './actions/portions.ts';
export { processActions } from './actions/process.ts';
export { recallAction } from './actions/recall.ts';
export { rejectAction } from './actions/reject.ts';
export { type ActionEvent, type ActionRow, effectiveParams, rowFromJson } from './actions/row.ts';
export { runActionNow } from './actions/run-now.ts';
export { updateAction } from './actions/update.ts';
export { createWaiters, type Waiters } from './actions/wait.ts';
export { createAgent } from './agents/create.ts';
export { deleteAgent } from './agents/delete.ts';
export { getAgent } from './agents/get.ts';
export { listAgents } from './agents/list.ts';
export { updateAgent } from './agents/update.ts';
export { atMostEvery } from './at-most-every.ts';
export { hashJson, hashLargeJson, sameJson } from './canonical.ts';
export { listCompanyContacts } from './companies/contacts.ts';
export { createCompany } from './companies/create.ts';
export { deleteCompany } from './companies/delete.ts';
export { getCompany } from './companies/get.ts';
export { listCompanies } from './companies/list.ts';
export { createCompanyNote, listCompanyNotes } from './companies/notes.ts';
export { updateCompany } from './companies/update.ts';
export { listContactActions } from './contacts/actions.ts';
export { createContact } from './contacts/create.ts';
export { deleteContact } from './contacts/delete.ts';
export { getContact } from './contacts/get.ts';
export { listContactLifecycle } from './contacts/lifecycle.ts';
export { listContacts } from './contacts/list.ts';
export { createContactNote, listContactNotes } from './contacts/notes.ts';
export { listContactThreads } from './contacts/threads.ts';
export { updateContact } from './contacts/update.ts';
export {
  authorize,
  authorizeActing,
  authorizeConfiguration,
  authorizeCredentials,
  authorizeDecision,
  authorizePeople,
  authorizePerson,
  type Caller,
  type Context,
  keyIdOf,
  type Services,
} from './context.ts';
export {
  checkDurability,
  type Database,
  openDatabase,
  type Queryable,
  sqlState,
  type Statement,
  type Transaction,
} from './db.ts';
export { recordEmailMessage } from './email-messages/record.ts';
export { COMMON_ENVIRONMENT, type CommonConfig, commonConfig, milliseconds, readEnvironment } from './environment.ts';
export { AppError, invalid, invalidInput } from './errors.ts';
export { readBriefing } from './events/briefing.ts';
export { createFeed, type Feed } from './events/feed.ts';
export { listenToEvents, type Stream } from './events/listen.ts';
export { formatFeedCursor } from './events/feed-cursor.ts';
export { actionOf, entryOf, type FeedEvent } from './events/read.ts';
export { claim, claimDue, claimForIdle } from './execution/claim.ts';
export { execute, runClaimed, runInSlot } from './execution/execute.ts';
export { createLeases } from './execution/leases.ts';
export { adoptLost, expireOpen, recoverLost } from './execution/recover.ts';
export { createRegistry, type Registry } from './execution/registry.ts';
export { DEFAULT_TIMINGS, type Timings } from './execution/timings.ts';
export { createSlots, type FreeSlots, reserveOf, type SlotOptions } from './execution/slots.ts';
export { type Worker } from './execution/worker.ts';
export { forProcess, forTenant } from './fair-pool.ts';
export { createFairSlots } from './fair-slots.ts';
export { createIdentity } from './identities/create.ts';
export { deleteIdentity } from './identities/delete.ts';
export { getIdentity } from './identities/get.ts';
export { listIdentities } from './identities/list.ts';
export { updateIdentity } from './identities/update.ts';
export { verifyIdentity } from './identities/verify.ts';
export { forgetKeys, type Idempotency } from './idempotency.ts';
export { contactId, newId, readId, showId, showIdOrNull } from './ids.ts';
export { acceptInvitation } from './invitations/accept.ts';
export { createInvitation } from './invitations/create.ts';
export { listInvitations } from './invitations/list.ts';
export { revokeInvitation } from './invitations/revoke.ts';
export { authenticate, callerIn, callersNamed, chooseCaller } from './api-keys/authenticate.ts';
export { type AuthenticatedPerson, authenticatePerson } from './api-keys/authenticate-person.ts';
export { createKey } from './api-keys/create.ts';
export { listKeys } from './api-keys/list.ts';
export { revokeKey } from './api-keys/revoke.ts';
export { hashToken, lookupOf, newToken, tokenFault } from './api-keys/token.ts';
export { LIFECYCLE, type Move } from './lifecycle.ts';
export { openLog } from './log.ts';
export { mapInSlices } from './map-in-slices.ts';
export { listMembers } from './members/list.ts';
export { removeMember } from './members/remove.ts';
export { updateMember } from './members/update.ts';
export { checkMigrated } from './migrated.ts';
export { endOperatorSession } from './operator-sessions/end.ts';
export { findOperatorSession } from './operator-sessions/find.ts';
export { openOperatorSession } from './operator-sessions/open.ts';
export { SESSION_MS } from './operator-sessions/operator.ts';
export { type Page } from './page.ts';
export { authorizePausing, listPauses, type Paused, pauseWork, resumeWork } from './pauses/pause.ts';
export { approvePendingAction } from './pending-actions/approve.ts';
export { batchApprovePendingActions, type BatchItem } from './pending-actions/batch-approve.ts';
export { createPendingAction, type PendingProposal } from './pending-actions/create.ts';
export { getPendingAction } from './pending-actions/get.ts';
export { listPendingActions, type PendingActionPage } from './pending-actions/list.ts';
export { rejectPendingAction } from './pending-actions/reject.ts';
export { readBatchId, workspaceOfAction, workspaceOfBatch } from './pending-actions/workspace.ts';
export { type Consumer, openQueue } from './queue.ts';
export { type Counted, openRateLimits, type RateLimits, type RateLimitsOptions } from './rate-limits.ts';
export { createRun } from './runs/create.ts';
export { decideRunAction, type RunAddress } from './runs/decide.ts';
export { getRun } from './runs/get.ts';
export { listRuns } from './runs/list.ts';
export { rejectRunAction } from './runs/reject.ts';
export { updateRun } from './runs/update.ts';
export { countSealed, rotateSecrets } from './rotate-secrets.ts';
export { createKeyRingFile, type KeyRing, loadKeyRing, openSecret, readKeyRing, sealSecret } from './secrets.ts';
export { openServices } from './services.ts';
export { authorizeAccount } from './sessions/account.ts';
export { endSession } from './sessions/end.ts';
export { createSignInLink, useSignInLink } from './sessions/links.ts';
export { listSessions } from './sessions/list.ts';
export { getMe } from './sessions/me.ts';
export { openSession, SESSION_MAX_AGE_MS } from './sessions/open.ts';
export { hashPassword, verifyPassword } from './sessions/password.ts';
export { revokeSession } from './sessions/revoke.ts';
export { authorizePassword, setPassword } from './sessions/set-password.ts';
export { sessionCredential } from './sessions/token.ts';
export { getSettings } from './settings/get.ts';
export { updateSettings } from './settings/update.ts';
export { createSizedCache, type SizedCache } from './sized-cache.ts';
export { listContactTasks, listTasks } from './tasks/list.ts';
export { updateTask } from './tasks/update.ts';
export { nextSlice } from './time-slice.ts';
export { createTool } from './tools/create.ts';
export { deleteTool } from './tools/delete.ts';
export { listTools } from './tools/list.ts';
export { transition, transitionHeld } from './transition.ts';
export { bootstrap, recoverOwners } from './workspaces/bootstrap.ts';
export { createWorkspace } from './workspaces/create.ts';
export { listWorkspaces } from './workspaces/list.ts';
