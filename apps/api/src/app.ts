// Everything that this process serves, in one list.
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { AppError, createFeed, createWaiters, forTenant, type Services } from '@proviso/core';
import type { Metrics } from '@proviso/metrics';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { boardRouter } from './admin/board.ts';
import { docsRouter } from './docs.ts';
import { errorHandler, requestId } from './errors.ts';
import { healthRouter } from './health.ts';
import { homeRouter } from './home.ts';
import { INBOX_DIR, inboxFiles } from './inbox.ts';
import { createCallerCache } from './caller-cache.ts';
import { createKnownTokens } from './known-tokens.ts';
import { gatewayRouter, type GatewayOptions } from './mcp/router.ts';
import { consumeStrangerLimit, strangerAt } from './rate-limiting.ts';
import { createOpenStreams, type StreamLimits } from './open-streams.ts';
import { createRefusalLog } from './refusal-log.ts';
import { serveRoutes, type Route, type Sharing } from './route.ts';
import { approvePendingActionRoute } from './routes/pending-actions/approve.ts';
import { batchApprovePendingActionsRoute } from './routes/pending-actions/batch-approve.ts';
import { createPendingActionRoute } from './routes/pending-actions/create.ts';
import { getPendingActionRoute } from './routes/pending-actions/get.ts';
import { listPendingActionsRoute } from './routes/pending-actions/list.ts';
import { rejectPendingActionRoute } from './routes/pending-actions/reject.ts';
import { streamPendingActionsRoute } from './routes/pending-actions/stream.ts';
import { assignActionRoute } from './routes/v1/actions/assign.ts';
import { bulkCreateActionsRoute } from './routes/v1/actions/bulk-create.ts';
import { bulkDecideActionsRoute } from './routes/v1/actions/bulk-decide.ts';
import { cancelActionRoute } from './routes/v1/actions/cancel.ts';
import { commentOnActionRoute } from './routes/v1/actions/comment.ts';
import { createActionRoute } from './routes/v1/actions/create.ts';
import { confirmOutcomeRoute } from './routes/v1/actions/confirm-outcome.ts';
import { decideActionRoute } from './routes/v1/actions/decide.ts';
import { getActionRoute } from './routes/v1/actions/get.ts';
import { countActionsRoute } from './routes/v1/actions/count.ts';
import { listActionsRoute } from './routes/v1/actions/list.ts';
import { processActionsRoute } from './routes/v1/actions/process.ts';
import { proposeAgainRoute } from './routes/v1/actions/propose-again.ts';
import { recallActionRoute } from './routes/v1/actions/recall.ts';
import { rejectActionRoute } from './routes/v1/actions/reject.ts';
import { reportReadingRoute } from './routes/v1/actions/report-reading.ts';
import { runActionNowRoute } from './routes/v1/actions/run-now.ts';
import { snoozeActionRoute } from './routes/v1/actions/snooze.ts';
import { unsnoozeActionRoute } from './routes/v1/actions/unsnooze.ts';
import { updateActionRoute } from './routes/v1/actions/update.ts';
import { createAgentRoute } from './routes/v1/agents/create.ts';
import { deleteAgentRoute } from './routes/v1/agents/delete.ts';
import { getAgentRoute } from './routes/v1/agents/get.ts';
import { listAgentsRoute } from './routes/v1/agents/list.ts';
import { updateAgentRoute } from './routes/v1/agents/update.ts';
import { createKeyRoute } from './routes/v1/api-keys/create.ts';
import { listKeysRoute } from './routes/v1/api-keys/list.ts';
import { revokeKeyRoute } from './routes/v1/api-keys/revoke.ts';
import { authStatusRoute } from './routes/v1/auth-status.ts';
import { createCompanyRoute } from './routes/v1/companies/create.ts';
import { createCompanyNoteRoute } from './routes/v1/companies/create-note.ts';
import { deleteCompanyRoute } from './routes/v1/companies/delete.ts';
import { getCompanyRoute } from './routes/v1/companies/get.ts';
import { listCompaniesRoute } from './routes/v1/companies/list.ts';
import { listCompanyContactsRoute } from './routes/v1/companies/list-contacts.ts';
import { listCompanyNotesRoute } from './routes/v1/companies/list-notes.ts';
import { updateCompanyRoute } from './routes/v1/companies/update.ts';
import { createContactRoute } from './routes/v1/contacts/create.ts';
import { createContactNoteRoute } from './routes/v1/contacts/create-note.ts';
import { deleteContactRoute } from './routes/v1/contacts/delete.ts';
import { getContactRoute } from './routes/v1/contacts/get.ts';
import { listContactsRoute } from './routes/v1/contacts/list.ts';
import { listContactActionsRoute } from './routes/v1/contacts/list-actions.ts';
import { listContactLifecycleRoute } from './routes/v1/contacts/list-lifecycle.ts';
import { listContactNotesRoute } from './routes/v1/contacts/list-notes.ts';
import { listContactTasksRoute } from './routes/v1/contacts/list-tasks.ts';
import { listContactThreadsRoute } from './routes/v1/contacts/list-threads.ts';
import { updateContactRoute } from './routes/v1/contacts/update.ts';
import { recordEmailMessageRoute } from './routes/v1/email-messages/record.ts';
import { removeDemoRoute } from './routes/v1/demo/remove.ts';
import { createErasureRoute } from './routes/v1/erasures/create.ts';
import { getErasureRoute } from './routes/v1/erasures/get.ts';
import { exportWorkspaceRoute } from './routes/v1/export.ts';
import { streamEventsRoute } from './routes/v1/events.ts';
import { createGatewayRoute } from './routes/v1/gateways/create.ts';
import { listGatewaysRoute } from './routes/v1/gateways/list.ts';
import { getGatewayRoute } from './routes/v1/gateways/get.ts';
import { updateGatewayRoute } from './routes/v1/gateways/update.ts';
import { deleteGatewayRoute } from './routes/v1/gateways/delete.ts';
import { refreshGatewayRoute } from './routes/v1/gateways/refresh.ts';
import { listGatewayToolsRoute } from './routes/v1/gateways/list-tools.ts';
import { reviewGatewayToolsRoute } from './routes/v1/gateways/review-tools.ts';
import { listGatewayReadsRoute } from './routes/v1/gateways/list-reads.ts';
import { createIdentityRoute } from './routes/v1/identities/create.ts';
import { deleteIdentityRoute } from './routes/v1/identities/delete.ts';
import { getIdentityRoute } from './routes/v1/identities/get.ts';
import { listIdentitiesRoute } from './routes/v1/identities/list.ts';
import { updateIdentityRoute } from './routes/v1/identities/update.ts';
import { verifyIdentityRoute } from './routes/v1/identities/verify.ts';
import { acceptInvitationRoute } from './routes/v1/invitations/accept.ts';
import { createInvitationRoute } from './routes/v1/invitations/create.ts';
import { listInvitationsRoute } from './routes/v1/invitations/list.ts';
import { revokeInvitationRoute } from './routes/v1/invitations/revoke.ts';
import { createLegalHoldRoute } from './routes/v1/legal-holds/create.ts';
import { listLegalHoldsRoute } from './routes/v1/legal-holds/list.ts';
import { releaseLegalHoldRoute } from './routes/v1/legal-holds/release.ts';
import { listMembersRoute } from './routes/v1/members/list.ts';
import { removeMemberRoute } from './routes/v1/members/remove.ts';
import { updateMemberRoute } from './routes/v1/members/update.ts';
import { getMeRoute } from './routes/v1/me/get.ts';
import { getNotificationSettingsRoute } from './routes/v1/me/notifications/get.ts';
import { updateNotificationSettingsRoute } from './routes/v1/me/notifications/update.ts';
import { subscribePushRoute } from './routes/v1/me/push/subscribe.ts';
import { unsubscribePushRoute } from './routes/v1/me/push/unsubscribe.ts';
import { setPasswordRoute } from './routes/v1/me/set-password.ts';
import { listPausesRoute } from './routes/v1/pauses/list.ts';
import { pauseWorkRoute } from './routes/v1/pauses/pause.ts';
import { resumeWorkRoute } from './routes/v1/pauses/resume.ts';
import { readDispatchRoute } from './routes/v1/dispatch/read.ts';
import { resumeDispatchRoute } from './routes/v1/dispatch/resume.ts';
import { listTasksRoute } from './routes/v1/tasks/list.ts';
import { updateTaskRoute } from './routes/v1/tasks/update.ts';
import { listReviewersRoute } from './routes/v1/reviewers/list.ts';
import { createRunRoute } from './routes/v1/runs/create.ts';
import { decideRunActionRoute } from './routes/v1/runs/decide.ts';
import { getRunRoute } from './routes/v1/runs/get.ts';
import { listRunsRoute } from './routes/v1/runs/list.ts';
import { rejectRunActionRoute } from './routes/v1/runs/reject.ts';
import { updateRunRoute } from './routes/v1/runs/update.ts';
import { listSessionsRoute } from './routes/v1/sessions/list.ts';
import { revokeSessionRoute } from './routes/v1/sessions/revoke.ts';
import { useSignInLinkRoute } from './routes/v1/sessions/use-link.ts';
import { getSettingsRoute } from './routes/v1/settings/get.ts';
import { updateSettingsRoute } from './routes/v1/settings/update.ts';
import { listSnoozesRoute } from './routes/v1/snoozes/list.ts';
import { createToolRoute } from './routes/v1/tools/create.ts';
import { deleteToolRoute } from './routes/v1/tools/delete.ts';
import { getToolSchemaRoute } from './routes/v1/tools/get-schema.ts';
import { listToolsRoute } from './routes/v1/tools/list.ts';
import { createReadSlots } from './read-slots.ts';
import type { OidcSettings } from './sign-in/oidc.ts';
import { signInRouter } from './sign-in/router.ts';
import { countRequests } from './count-requests.ts';
import { traceRequests } from './trace-requests.ts';
import { limitUnread, type UnreadLimits } from './unread-replies.ts';
import { createViewRoute } from './routes/v1/views/create.ts';
import { deleteViewRoute } from './routes/v1/views/delete.ts';
import { listViewsRoute } from './routes/v1/views/list.ts';
import { createWebhookRoute } from './routes/v1/webhooks/create.ts';
import { deleteWebhookRoute } from './routes/v1/webhooks/delete.ts';
import { getWebhookRoute } from './routes/v1/webhooks/get.ts';
import { listWebhooksRoute } from './routes/v1/webhooks/list.ts';
import { listWebhookDeliveriesRoute } from './routes/v1/webhooks/list-deliveries.ts';
import { replayDeliveryRoute } from './routes/v1/webhooks/replay-delivery.ts';
import { replayFailedDeliveriesRoute } from './routes/v1/webhooks/replay-failed.ts';
import { rotateWebhookSecretRoute } from './routes/v1/webhooks/rotate-secret.ts';
import { updateWebhookRoute } from './routes/v1/webhooks/update.ts';
import { createWorkspaceRoute } from './routes/v1/workspaces/create.ts';
import { listWorkspacesRoute } from './routes/v1/workspaces/list.ts';

export const routes: readonly Route[] = [
  authStatusRoute,
  getMeRoute,
  setPasswordRoute,
  getNotificationSettingsRoute,
  updateNotificationSettingsRoute,
  subscribePushRoute,
  unsubscribePushRoute,
  listSessionsRoute,
  useSignInLinkRoute,
  revokeSessionRoute,
  createKeyRoute,
  listKeysRoute,
  revokeKeyRoute,
  createInvitationRoute,
  listInvitationsRoute,
  acceptInvitationRoute,
  revokeInvitationRoute,
  listMembersRoute,
  updateMemberRoute,
  removeMemberRoute,
  createWorkspaceRoute,
  listWorkspacesRoute,
  getRunRoute,
  updateRunRoute,
  decideRunActionRoute,
  rejectRunActionRoute,
  createAgentRoute,
  listAgentsRoute,
  getAgentRoute,
  updateAgentRoute,
  deleteAgentRoute,
  createRunRoute,
  listRunsRoute,
  bulkDecideActionsRoute,
  processActionsRoute,
  bulkCreateActionsRoute,
  createActionRoute,
  listActionsRoute,
  countActionsRoute,
  getActionRoute,
  updateActionRoute,
  runActionNowRoute,
  cancelActionRoute,
  recallActionRoute,
  confirmOutcomeRoute,
  proposeAgainRoute,
  decideActionRoute,
  rejectActionRoute,
  reportReadingRoute,
  assignActionRoute,
  commentOnActionRoute,
  snoozeActionRoute,
  unsnoozeActionRoute,
  listSnoozesRoute,
  listReviewersRoute,
  createViewRoute,
  listViewsRoute,
  deleteViewRoute,
  removeDemoRoute,
  createContactRoute,
  listContactsRoute,
  getContactRoute,
  updateContactRoute,
  deleteContactRoute,
  createContactNoteRoute,
  listContactNotesRoute,
  listContactThreadsRoute,
  listContactTasksRoute,
  listContactActionsRoute,
  listContactLifecycleRoute,
  createCompanyRoute,
  listCompaniesRoute,
  getCompanyRoute,
  updateCompanyRoute,
  deleteCompanyRoute,
  createCompanyNoteRoute,
  listCompanyNotesRoute,
  listCompanyContactsRoute,
  listTasksRoute,
  updateTaskRoute,
  recordEmailMessageRoute,
  streamEventsRoute,
  createIdentityRoute,
  listIdentitiesRoute,
  getIdentityRoute,
  updateIdentityRoute,
  deleteIdentityRoute,
  verifyIdentityRoute,
  createGatewayRoute,
  listGatewaysRoute,
  getGatewayRoute,
  updateGatewayRoute,
  deleteGatewayRoute,
  refreshGatewayRoute,
  listGatewayToolsRoute,
  reviewGatewayToolsRoute,
  listGatewayReadsRoute,
  createToolRoute,
  listToolsRoute,
  getToolSchemaRoute,
  deleteToolRoute,
  createWebhookRoute,
  listWebhooksRoute,
  getWebhookRoute,
  updateWebhookRoute,
  deleteWebhookRoute,
  rotateWebhookSecretRoute,
  listWebhookDeliveriesRoute,
  replayDeliveryRoute,
  replayFailedDeliveriesRoute,
  getSettingsRoute,
  updateSettingsRoute,
  createLegalHoldRoute,
  listLegalHoldsRoute,
  releaseLegalHoldRoute,
  exportWorkspaceRoute,
  createErasureRoute,
  getErasureRoute,
  listPausesRoute,
  pauseWorkRoute,
  resumeWorkRoute,
  readDispatchRoute,
  resumeDispatchRoute,
  createPendingActionRoute,
  listPendingActionsRoute,
  streamPendingActionsRoute,
  getPendingActionRoute,
  approvePendingActionRoute,
  rejectPendingActionRoute,
  batchApprovePendingActionsRoute,
];

export interface AppOptions extends Partial<Omit<Sharing, 'readSlots' | 'knownTokens' | 'openStreams'>> {
  /** The directory of the built inbox. */
  inboxDir?: string;
  unread?: Partial<UnreadLimits>;
  streams?: Partial<StreamLimits>;
  /** Sign-in through an OpenID provider; absent = none. */
  oidc?: OidcSettings | undefined;
  /** The proxies whose X-Forwarded-For and X-Forwarded-Proto count; absent = none. */
  trustProxy?: string[] | undefined;
  /** Absent: requests are not counted. */
  metrics?: Metrics | undefined;
  /** Each request gets a span. */
  traces?: boolean;
  gateways?: GatewayOptions;
}

export function createApp(services: Services, options: AppOptions = {}): Express {
  const { db, log } = services;
  const { waiters = createWaiters(db), feed = createFeed(db, log), limits, unread, streams } = options;
  const { stopping = new AbortController().signal } = options;
  setMaxListeners(0, stopping); // one listener per open request
  const refusals = createRefusalLog(log);
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustProxy ?? false);
  if (options.metrics) app.use(countRequests(options.metrics));
  app.use((req, res, next) => {
    req.id = idFor(req);
    res.set('X-Request-Id', requestId(req));
    next();
  });
  if (options.traces) app.use(traceRequests);
  if (log.isLevelEnabled('debug')) app.use(pinoHttp({ logger: log, ...LOGGING }));
  app.use((req, _res, next) => forTenant(strangerAt(req), next));
  app.use(limitUnread(unread));
  app.use(helmet(SECURITY));
  app.use(healthRouter(services));
  app.use('/api/auth', signInRouter(services, limits, options.oidc));
  const knownTokens = createKnownTokens();
  const sharing = {
    waiters,
    feed,
    stopping,
    limits,
    knownTokens,
    callerCache: options.callerCache ?? createCallerCache(),
    readSlots: createReadSlots(),
    openStreams: createOpenStreams(streams),
  };
  const answerError = errorHandler(services, refusals);
  app.use(serveRoutes(services, routes, { ...sharing, answerError }));
  app.use(gatewayRouter(services, sharing, options.gateways));
  const inbox = inboxFiles(options.inboxDir ?? INBOX_DIR, limits);
  app.use(homeRouter(limits, inbox));
  app.use(docsRouter(routes, services.executors, limits));
  app.use('/admin', boardRouter(services, { limits, refusals, knownTokens }));
  app.use(inbox.files, inbox.page);
  app.use(async (req, res) => {
    await consumeStrangerLimit(limits, strangerAt(req), res);
    throw new AppError('NOT_FOUND', 'There is no such address. The API reference at /docs lists them all.');
  });
  app.use(answerError);
  return app;
}

const SECURITY = {
  contentSecurityPolicy: {
    directives: {
      'style-src': ["'self'", "'unsafe-inline'"],
      'frame-ancestors': ["'none'"],
      'upgrade-insecure-requests': null,
    },
  },
  xFrameOptions: { action: 'deny' },
  strictTransportSecurity: false, // TLS ends before this process, and plain http must keep working on a developer's machine
} as const;

/** The caller's own id of the request, if it can be logged. */
function idFor({ headers }: Request): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Each request is one line at `debug`. At other levels, nothing of this runs; errors.ts logs what went wrong. */
const LOGGING = {
  genReqId: ({ id }: { id?: unknown }) => String(id),
  customProps: (_req: unknown, res: object) => {
    const { action, credential }: Record<string, unknown> = (res as Partial<Response>).locals ?? {};
    return { action, credential };
  },
  serializers: {
    req: (req: { id: unknown; method: unknown; url: unknown }) => ({ id: req.id, method: req.method, url: req.url }),
    res: (res: { statusCode: unknown }) => ({ status: res.statusCode }),
  },
  customLogLevel: () => 'debug' as const,
} as const;
