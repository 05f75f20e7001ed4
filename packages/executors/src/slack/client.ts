import { slackCredentials, type JsonObject } from '@proviso/contracts';
import { LogLevel, WebClient, type Logger } from '@slack/web-api';
import { unreadAgain } from '../http/answer.ts';
import { trackRequests, type RequestTracker } from '../http/request-tracker.ts';
import type { ExecutorSettings } from '../settings.ts';

export interface Slack {
  client: WebClient;
  line: RequestTracker;
}

/** The official client over a line of ours: no retries, no waiting and no logs of its own. Null = no valid token. */
export function openSlack(
  credentials: JsonObject | null,
  signal: AbortSignal,
  settings: ExecutorSettings,
): Slack | null {
  const { data } = slackCredentials.safeParse(credentials);
  if (!data) return null;
  const trusted = settings.baseUrls?.slack;
  const line = trackRequests({ signal, settings, trusted, credentials: data });
  const client = new WebClient(data.token, {
    slackApiUrl: trusted ?? 'https://slack.com/api/',
    allowAbsoluteUrls: false,
    fetch: async (url, init) => unreadAgain(await line.ask(url, init as Parameters<RequestTracker['ask']>[1])),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: SILENT,
  });
  return { client, line };
}

const ignore = (): void => undefined;
const SILENT: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  getLevel: () => LogLevel.ERROR,
  setName: ignore,
};
