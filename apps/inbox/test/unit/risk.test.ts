import type { Preview } from '@proviso/contracts';
import { isHighRisk, riskOf } from '../../src/waiting/risk.ts';
import { anAction } from './an-action.ts';

const claiming = (claims: object | null): Preview => ({
  title: 'Call a tool',
  fields: [{ label: 'Claims', value: claims as Preview['fields'][number]['value'] }],
});

describe('the risk of a proposal', () => {
  it('is high where it reaches many at once, or an effect that nobody here can know', () => {
    const high = [
      anAction({ type: 'resend_create_broadcast', params: { send: true } }),
      anAction({ type: 'send_slack_message', params: { message: 'Hello <!channel>' } }),
      anAction({ type: 'mcp_tool_call', preview: claiming(null) }),
      anAction({ type: 'mcp_tool_call', preview: claiming({ readOnlyHint: false }) }),
    ];
    const normal = [
      anAction({ type: 'resend_create_broadcast', params: {} }),
      anAction({ type: 'send_slack_message', params: { message: 'Hello channel' } }),
      anAction({ type: 'mcp_tool_call', preview: claiming({ readOnlyHint: true }) }),
      anAction(),
    ];
    expect(high.map((action) => isHighRisk(action, {}))).toEqual([true, true, true, true]);
    expect(normal.map((action) => isHighRisk(action, {}))).toEqual([false, false, false, false]);
  });

  it('is what the workspace says of the type, whatever the proposal looks like', () => {
    const broadcast = anAction({ type: 'resend_create_broadcast', params: { send: true } });
    expect(isHighRisk(broadcast, { resend_create_broadcast: 'normal' })).toBe(false);
    expect(isHighRisk(anAction({ type: 'shop.refund' }), { 'shop.refund': 'high' })).toBe(true);
    expect(isHighRisk(anAction({ type: 'toString' }), {})).toBe(false);
  });

  it('has one pill: a question, high risk, a change since it was proposed, or a warning', () => {
    const preview = { title: '', fields: [], warnings: ['Look.'] };
    expect(riskOf(anAction({ type: 'escalate_to_human', preview }), {})).toBe('question');
    expect(riskOf(anAction({ status_reason: 'identity_changed', preview }), {})).toBe('changed');
    expect(riskOf(anAction({ preview }), {})).toBe('warning');
    expect(riskOf(anAction(), {})).toBe('none');
  });
});
