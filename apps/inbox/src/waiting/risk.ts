// What is unusual about a proposal, for the one pill of its row. Only what the service says of it counts.
import type { Action, WorkspaceSettings } from '@proviso/contracts';
import { asText } from './preview-text.ts';

export type Risk = 'high' | 'changed' | 'warning' | 'question' | 'none';

/** What the workspace says of single types. */
export type RiskRules = WorkspaceSettings['risk_by_type'];

type Judged = Pick<Action, 'type' | 'params' | 'preview'>;

/** As the workspace says of its type; else whether it reaches many at once, or a far side whose effect nobody here can know. */
export function isHighRisk({ type, params, preview }: Judged, rules: RiskRules): boolean {
  if (Object.hasOwn(rules, type)) return rules[type] === 'high';
  if (type === 'resend_create_broadcast') return params.send === true;
  if (type === 'mcp_tool_call') {
    const claims = preview?.fields.find(({ label }) => label === 'Claims')?.value;
    const isHarmless =
      typeof claims === 'object' && claims !== null && 'readOnlyHint' in claims && claims.readOnlyHint === true;
    return !isHarmless;
  }
  return type === 'send_slack_message' && /<!(?:channel|here|everyone)\b/.test(asText(params.message));
}

export function riskOf(action: Judged & Pick<Action, 'status_reason'>, rules: RiskRules): Risk {
  if (action.type === 'escalate_to_human') return 'question';
  if (isHighRisk(action, rules)) return 'high';
  if (action.status_reason) return 'changed';
  return (action.preview?.warnings?.length ?? 0) > 0 ? 'warning' : 'none';
}
