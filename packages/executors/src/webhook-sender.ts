import type { WebhookAnswer, WebhookRequest, WebhookSender } from '@proviso/core/executor';
import { Webhook } from 'standardwebhooks';
import { urlFault } from './egress/address.ts';
import { EgressError } from './egress/error.ts';
import { openEgress } from './egress/fetch.ts';
import { readRetryAfter } from './http/answer.ts';
import type { ExecutorSettings } from './settings.ts';

/** Sends events as Standard Webhooks defines. Only the status and two headers of the answer are read, never its body. */
export function webhookSender(settings: ExecutorSettings): WebhookSender {
  const egress = openEgress(settings);
  return {
    addressFault: (url) => urlFault(url, settings),
    send: async (request) => {
      const signal = AbortSignal.timeout(request.timeoutMs);
      try {
        const response = await egress(request.url, { ...signed(request), signal });
        await response.body?.cancel();
        return answerOf(response);
      } catch (error) {
        const message = signal.aborted
          ? `There was no answer within ${request.timeoutMs / 1_000} s.`
          : error instanceof EgressError
            ? error.message
            : 'The request failed.';
        return { status: null, error: message, retryAfterMs: null };
      }
    },
  };
}

/** Each current secret signs, so that a receiver may verify with the old or the new one. */
function signed({ id, secrets, body }: WebhookRequest): RequestInit {
  const now = new Date();
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Proviso',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
    },
  };
}

function answerOf({ status, ok, headers }: Response): WebhookAnswer {
  const redirect =
    status >= 300 && status < 400 ? ' Redirects are not followed: set the address that it points to.' : '';
  return {
    status,
    error: ok ? null : `The receiver answered ${status}.${redirect}`,
    retryAfterMs: readRetryAfter(headers.get('retry-after'), headers.get('date')) ?? null,
  };
}
