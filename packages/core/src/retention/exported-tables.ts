import type { Order } from '../platform/page.ts';

export interface ExportedTable {
  /** The table, and the `kind` of its lines. */
  name: string;
  /** The terms of a unique key. */
  order: Order['terms'];
  /** Columns that never leave the service. */
  secrets?: readonly string[];
  /** More columns, each with a leading comma. */
  extra?: string;
}

const by = (...columns: [string, Order['terms'][number]['type']][]): Order['terms'] =>
  columns.map(([column, type]) => ({ sql: `t.${column}`, type }));
const BY_ID = by(['id', 'uuid']);
const BY_CREATION = by(['created_at', 'timestamptz'], ['id', 'uuid']);

/** Every table of a workspace but its sessions, push subscriptions, read positions and Idempotency-Keys. */
export const EXPORTED: readonly ExportedTable[] = [
  {
    name: 'members',
    order: by(['user_id', 'uuid']),
    extra:
      ', (select email from users u where u.id = t.user_id) as email, (select name from users u where u.id = t.user_id) as name',
  },
  { name: 'invitations', order: BY_ID, secrets: ['secret_hash'] },
  { name: 'api_keys', order: BY_ID, secrets: ['token_hash'] },
  { name: 'agents', order: BY_ID },
  { name: 'agent_runs', order: BY_ID },
  { name: 'identities', order: BY_CREATION, secrets: ['credentials'] },
  { name: 'tools', order: by(['name', 'text']), secrets: ['secret'] },
  { name: 'gateways', order: BY_CREATION },
  { name: 'gateway_servers', order: by(['gateway_id', 'uuid'], ['identity_id', 'uuid']) },
  { name: 'gateway_agents', order: by(['gateway_id', 'uuid'], ['agent_id', 'uuid']) },
  { name: 'gateway_tools', order: by(['gateway_id', 'uuid'], ['identity_id', 'uuid'], ['name', 'text']) },
  { name: 'gateway_reads', order: BY_ID },
  { name: 'companies', order: BY_ID },
  { name: 'contacts', order: BY_ID },
  { name: 'unsubscribed_addresses', order: by(['email', 'text']) },
  { name: 'notes', order: BY_ID },
  { name: 'tasks', order: BY_CREATION },
  { name: 'lifecycle_changes', order: BY_ID },
  { name: 'email_threads', order: BY_ID },
  { name: 'email_messages', order: by(['message_id', 'text']) },
  { name: 'actions', order: BY_CREATION },
  { name: 'webhooks', order: BY_ID },
  { name: 'webhook_deliveries', order: BY_ID },
  { name: 'views', order: BY_ID },
  { name: 'notification_settings', order: by(['user_id', 'uuid']) },
  { name: 'snoozes', order: by(['user_id', 'uuid'], ['action_id', 'uuid']) },
  { name: 'pauses', order: BY_ID },
  { name: 'legal_holds', order: BY_CREATION },
  { name: 'erasures', order: BY_CREATION },
  { name: 'workspace_exports', order: BY_CREATION },
];

/** The log of an action follows its line. */
export const OF_ACTIONS: ExportedTable = { name: 'action_events', order: by(['version', 'int4']) };
