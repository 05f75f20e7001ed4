import { resendConfig, resendCredentials, type JsonObject, type ResendConfig } from '@proviso/contracts';
import { Resend, type ErrorResponse, type Response } from 'resend';
import { objectIn } from '../http/answer.ts';
import { trackRequests, type RequestTracker } from '../http/request-tracker.ts';
import type { ExecutorSettings } from '../settings.ts';

/** Its own fetch hides why a request failed; this one throws, and leaves the line to say what left. */
class ResendOverLine extends Resend {
  readonly #line: RequestTracker;

  constructor(key: string, baseUrl: string, line: RequestTracker) {
    super(key, { baseUrl });
    this.#line = line;
  }

  override async fetchRequest<T>(
    path: string,
    options: Parameters<RequestTracker['fetch']>[1] = {},
  ): Promise<Response<T>> {
    const answer = await this.#line.ask(`${this.baseUrl}${path}`, options);
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
  line: RequestTracker;
  /** What its answers are remembered by. */
  apiKey: string;
}

/** The official client over a line of ours. Null = no valid key. */
export function openResend(
  credentials: JsonObject | null,
  signal: AbortSignal,
  settings: ExecutorSettings,
): ResendAccount | null {
  const { data } = resendCredentials.safeParse(credentials);
  if (!data) return null;
  const trusted = settings.baseUrls?.resend;
  const line = trackRequests({ signal, settings, trusted, credentials: data });
  const client = new ResendOverLine(data.api_key, trusted ?? 'https://api.resend.com', line);
  return { client, line, apiKey: data.api_key };
}

export const configOf = (config: JsonObject | undefined): ResendConfig | undefined =>
  resendConfig.safeParse(config).data;
