import { own } from '../own.ts';

const TYPE_WORDS: Record<string, string> = {
  create_note: 'note',
  create_task: 'task',
  email_message: 'e-mail',
  escalate_to_human: 'question',
  linkedin_connection: 'LinkedIn invitation',
  mcp_tool_call: 'MCP tool call',
  resend_create_broadcast: 'broadcast',
  resend_create_contact: 'Resend contact',
  resend_send_email: 'e-mail (Resend)',
  send_slack_message: 'Slack message',
  sync_to_crm: 'HubSpot sync',
  update_company: 'company change',
  update_contact: 'contact change',
  update_lifecycle_stage: 'lifecycle change',
};

/** What a reader calls the actions of a type. */
export const typeOf = (type: string): string => own(TYPE_WORDS, type) ?? type;

export const types = Object.keys(TYPE_WORDS);
