import { resendConfig, resendCredentials, type JsonObject, type ResendConfig } from '@proviso/contracts';
import { Resend, type ErrorResponse, type Response } from 'resend';
import { objectIn } from '../http/answer.ts';
import { trackRequests, type RequestTracker } from '../http/request-tracker.ts';
import type { ExecutorSettings } from '../settings.ts';

/** The client's own fetch hides why a request failed; this one throws, and the tracker knows what was sent. */
class TrackedResend extends Resend {
  readonly #tracker: RequestTracker;

  constructor(key: string, baseUrl: string, tracker: RequestTracker) {
    super(key, { baseUrl });
    this.#tracker = tracker;
  }

  override async fetchRequest<T>(
    path: string,
    options: Parameters<RequestTracker['fetch']>[1] = {},
  ): Promise<Response<T>> {
    const answer = await this.#tracker.ask(`${this.baseUrl}${path}`, options);
    const headers = Object.fromEntries(answer.headers);
    if (answer.ok && answer.body !== undefined) return { data: answer.body as T, error: null, headers };
    if (answer.ok) throw new TypeError('the answer cannot be read');
    const { name, message } = objectIn(answer);
    const error = {
      name: (typeof name === 'string' ? name : 'application_error') as ErrorResponse['name'],
      message: typeof message === 'string' ? message : '',
      statusCode: answer.status,
    };
    return { data: null, error, headers };
  }
}

export interface ResendAccount {
  client: Resend;
  tracker: RequestTracker;
  /** Its answers are cached under this key. */
  apiKey: string;
}

/** The official client over our request tracker. Null = no valid key. */
export function openResend(
  credentials: JsonObject | null,
  signal: AbortSignal,
  settings: ExecutorSettings,
): ResendAccount | null {
  const { data } = resendCredentials.safeParse(credentials);
  if (!data) return null;
  const trusted = settings.baseUrls?.resend;
  const tracker = trackRequests({ signal, settings, trusted, credentials: data });
  const client = new TrackedResend(data.api_key, trusted ?? 'https://api.resend.com', tracker);
  return { client, tracker, apiKey: data.api_key };
}

export const configOf = (config: JsonObject | undefined): ResendConfig | undefined =>
  resendConfig.safeParse(config).data;
