import {
  Building2,
  CircleHelp,
  Hash,
  ListTodo,
  Mail,
  Megaphone,
  Plug,
  RefreshCw,
  StickyNote,
  UserPen,
  UserPlus,
  Waypoints,
  type LucideIcon,
} from 'lucide-react';
import { own } from '../own.ts';

const ICONS: Record<string, LucideIcon> = {
  create_note: StickyNote,
  create_task: ListTodo,
  email_message: Mail,
  escalate_to_human: CircleHelp,
  linkedin_connection: UserPlus,
  mcp_tool_call: Plug,
  resend_create_broadcast: Megaphone,
  resend_create_contact: UserPlus,
  resend_send_email: Mail,
  send_slack_message: Hash,
  sync_to_crm: RefreshCw,
  update_company: Building2,
  update_contact: UserPen,
  update_lifecycle_stage: Waypoints,
};

export function TypeIcon({ type }: { type: string }) {
  const Icon = own(ICONS, type) ?? Plug;
  return <Icon size={14} aria-hidden="true" />;
}
