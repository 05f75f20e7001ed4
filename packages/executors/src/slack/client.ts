import { slackCredentials, type JsonObject } from '@proviso/contracts';
import type { Logger, LogLevel, WebClient } from '@slack/web-api';
import { toResponse } from '../http/answer.ts';
import { trackRequests, type RequestTracker } from '../http/request-tracker.ts';
import type { ExecutorSettings } from '../settings.ts';

export interface Slack {
  client: WebClient;
  tracker: RequestTracker;
}

/**
 * The official client over our request tracker, without retries, waiting and logs. Null = no valid token. The client is
 * loaded with the first call.
 */
export async function openSlack(
  credentials: JsonObject | null,
  signal: AbortSignal,
  settings: ExecutorSettings,
): Promise<Slack | null> {
  const { data } = slackCredentials.safeParse(credentials);
  if (!data) return null;
  const { WebClient } = await import('@slack/web-api');
  const trusted = settings.baseUrls?.slack;
  const tracker = trackRequests({ signal, settings, trusted, credentials: data });
  const client = new WebClient(data.token, {
    slackApiUrl: trusted ?? 'https://slack.com/api/',
    allowAbsoluteUrls: false,
    fetch: async (url, init) => toResponse(await tracker.ask(url, init as Parameters<RequestTracker['ask']>[1])),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: SILENT,
  });
  return { client, tracker };
}

const ignore = (): void => undefined;
const SILENT: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => 'error' as LogLevel,
  setName: ignore,
};
