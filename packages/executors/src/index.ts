import type { Executor, McpConnector, ProviderKind, PushSender, ToolKind, WebhookSender } from '@proviso/core/executor';
import { createNote } from './create-note.ts';
import { createTask } from './create-task.ts';
import { emailMessage } from './email-message.ts';
import { escalateToHuman } from './escalate-to-human.ts';
import { linkedinConnection } from './linkedin-connection.ts';
import { mcpToolCall } from './mcp-tool-call.ts';
import { mcpConnector } from './mcp/connector.ts';
import { hubspot } from './providers/hubspot.ts';
import { internal } from './providers/internal.ts';
import { linkedin } from './providers/linkedin.ts';
import { mcp } from './providers/mcp.ts';
import { pushSender } from './push/sender.ts';
import { resend } from './providers/resend.ts';
import { slack } from './providers/slack.ts';
import { smtp } from './providers/smtp.ts';
import { resendCreateBroadcast } from './resend-create-broadcast.ts';
import { resendCreateContact } from './resend-create-contact.ts';
import { resendSendEmail } from './resend-send-email.ts';
import { sendSlackMessage } from './send-slack-message.ts';
import type { ExecutorSettings } from './settings.ts';
import { syncToCrm } from './sync-to-crm.ts';
import { updateCompany } from './update-company.ts';
import { updateContact } from './update-contact.ts';
import { updateLifecycleStage } from './update-lifecycle-stage.ts';
import { webhookSender } from './webhook-sender.ts';
import { workspaceTools } from './workspace-tool.ts';

export { isPublicAddress } from './egress/address.ts';
export { EgressError } from './egress/error.ts';
export { openEgress, type EgressFetch, type EgressLimits } from './egress/fetch.ts';
export { openSocket, type Destination, type SocketOptions } from './egress/socket.ts';
export { loadExecutors } from './load.ts';
export { EXECUTOR_ENVIRONMENT, executorSettings, type ExecutorSettings, type ProviderSettings } from './settings.ts';
export {
  createNote,
  createTask,
  emailMessage,
  escalateToHuman,
  linkedinConnection,
  mcpToolCall,
  resendCreateBroadcast,
  resendCreateContact,
  resendSendEmail,
  sendSlackMessage,
  syncToCrm,
  updateCompany,
  updateContact,
  updateLifecycleStage,
  workspaceTools,
};

interface BuiltIns {
  executors: Executor[];
  providers: ProviderKind[];
  tools: ToolKind;
  mcp: McpConnector;
  webhooks: WebhookSender;
  push: PushSender;
}

/** Every built-in executor and provider, how workspace tools run, how gateways connect, and how webhooks and push messages are sent. */
export function builtIns(settings: ExecutorSettings = {}): BuiltIns {
  const executors = [
    createNote,
    createTask,
    emailMessage(settings),
    escalateToHuman,
    linkedinConnection(settings),
    mcpToolCall(settings),
    resendCreateBroadcast(settings),
    resendCreateContact(settings),
    resendSendEmail(settings),
    sendSlackMessage(settings),
    syncToCrm(settings),
    updateCompany,
    updateContact,
    updateLifecycleStage,
  ];
  const providers = [
    hubspot(settings),
    internal,
    linkedin(settings),
    mcp(settings),
    resend(settings),
    slack(settings),
    smtp(settings),
  ];
  return {
    executors,
    providers,
    tools: workspaceTools(settings),
    mcp: mcpConnector(settings),
    webhooks: webhookSender(settings),
    push: pushSender(settings),
  };
}
