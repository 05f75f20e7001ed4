import { refused, retry, type Outcome } from '@proviso/core/executor';
import type { ErrorCode, WebAPIPlatformError } from '@slack/web-api';
import { failureOf, rateLimited } from '../http/outcome.ts';
import type { RequestTracker } from '../http/request-tracker.ts';

const EXPLAINED: Record<string, string> = {
  channel_not_found: 'this account can see no such channel',
  not_in_channel: 'its bot is not in the channel; invite it there',
  is_archived: 'the channel is archived',
  invalid_auth: 'the token is not valid',
  token_revoked: 'the token was revoked',
  token_expired: 'the token has expired',
  account_inactive: 'the token’s account is deactivated',
  missing_scope: 'the token lacks a scope that this needs',
  msg_too_long: 'the message is too long',
  restricted_action: 'a setting of the workspace forbids posting there',
};

const LATER = ['service_unavailable', 'team_added_to_org', 'request_timeout', 'accesslimited'];
const TOO_MANY = ['ratelimited', 'rate_limited', 'message_limit_exceeded'];
/** Slack says that part of the call may have happened. */
const UNSURE = ['fatal_error', 'internal_error'];

/** How the library marks Slack's refusals. Its enum would load the whole library with every process. */
const PLATFORM_ERROR: `${ErrorCode.PlatformError}` = 'slack_webapi_platform_error';

const isPlatformError = (error: unknown): error is WebAPIPlatformError =>
  error instanceof Error && 'code' in error && error.code === PLATFORM_ERROR;

/**
 * Slack's code for a refusal; undefined if it did not answer, or without a code. A broken answer may contain anything.
 */
export function codeOf(error: unknown): string | undefined {
  const code = isPlatformError(error) ? error.data.error : undefined;
  return code !== undefined && /^[a-z][a-z_]{1,60}$/.test(code) ? code : undefined;
}

export const explain = (code: string): string => (EXPLAINED[code] ? `${EXPLAINED[code]} (${code})` : code);

/** The outcome of a call that threw. */
export function slackOutcome(error: unknown, tracker: RequestTracker): Outcome {
  const code = codeOf(error);
  if (code === undefined || tracker.answer()?.status !== 200) return failureOf('Slack', tracker);
  if (TOO_MANY.includes(code)) return rateLimited('Slack', tracker);
  if (UNSURE.includes(code)) return retry(`Slack failed: ${code}.`, { undone: false });
  if (LATER.includes(code)) return retry(`Slack cannot do this now: ${code}.`, { undone: true, unavailable: true });
  return refused(`Slack refused it: ${explain(code)}.`);
}
