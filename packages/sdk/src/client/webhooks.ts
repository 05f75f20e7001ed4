import type { EventName, Webhook, WebhookDelivery, WebhookDeliveryStatus } from '@proviso/contracts';
import { paginate } from './paginate.ts';
import { queryOf } from './query.ts';
import type { CallOptions, Send } from './send.ts';

interface NewWebhook {
  url: string;
  /** All of them if it is left out. */
  events?: readonly EventName[];
  description?: string;
}

interface WebhookChanges {
  url?: string;
  /** Null = all of them. */
  events?: readonly EventName[] | null;
  description?: string | null;
  enabled?: boolean;
}

export interface WebhookWithSecret {
  webhook: Webhook;
  /** `whsec_…`, shown once: null in a repeated call. */
  secret: string | null;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

const PAGE_MAX = 100;

const addressOf = (id: string): string => `/v1/webhooks/${encodeURIComponent(id)}`;

/** Addresses that are told what happens to actions. Needs `workspace:admin`. */
export function createWebhooks(send: Send) {
  return {
    /** The secret is in this reply alone. */
    create: (body: NewWebhook, options?: CallOptions): Promise<WebhookWithSecret> =>
      send({ method: 'POST', path: '/v1/webhooks', body }, options),

    list: async (options?: CallOptions): Promise<Webhook[]> =>
      (await send<{ webhooks: Webhook[] }>({ method: 'GET', path: `/v1/webhooks?limit=${PAGE_MAX}` }, options))
        .webhooks,

    get: async (id: string, options?: CallOptions): Promise<Webhook> =>
      (await send<{ webhook: Webhook }>({ method: 'GET', path: addressOf(id) }, options)).webhook,

    update: async (id: string, body: WebhookChanges, options?: CallOptions): Promise<Webhook> =>
      (await send<{ webhook: Webhook }>({ method: 'PATCH', path: addressOf(id), body }, options)).webhook,

    delete: async (id: string, options?: CallOptions): Promise<Webhook> =>
      (await send<{ webhook: Webhook }>({ method: 'DELETE', path: addressOf(id) }, options)).webhook,

    /** The previous secrets sign too until the overlap ends, 24 hours by default. */
    rotateSecret: (
      id: string,
      body: { overlap_hours?: number } = {},
      options?: CallOptions,
    ): Promise<WebhookWithSecret> => send({ method: 'POST', path: `${addressOf(id)}/rotate-secret`, body }, options),

    /** The deliveries of the last 30 days, newest first, page by page. */
    deliveries: (
      id: string,
      { status }: { status?: WebhookDeliveryStatus } = {},
      options?: CallOptions,
    ): AsyncGenerator<WebhookDelivery, void> =>
      paginate(async (cursor) => {
        const path = `${addressOf(id)}/deliveries${queryOf({ status, cursor, limit: PAGE_MAX })}`;
        const { deliveries, pagination } = await send<DeliveriesPage>({ method: 'GET', path }, options);
        return { items: deliveries, next: pagination.next_cursor };
      }),

    /** Sends an event again. */
    replay: async (id: string, deliveryId: string, options?: CallOptions): Promise<WebhookDelivery> => {
      const path = `${addressOf(id)}/deliveries/${encodeURIComponent(deliveryId)}/replay`;
      return (await send<{ delivery: WebhookDelivery }>({ method: 'POST', path }, options)).delivery;
    },

    /** Sends again what has failed since a time, at most 10 000. Returns how many. */
    replayFailed: async (id: string, since: Date, options?: CallOptions): Promise<number> => {
      const body = { since: since.toISOString() };
      const path = `${addressOf(id)}/replay`;
      return (await send<{ replayed: number }>({ method: 'POST', path, body }, options)).replayed;
    },
  };
}

interface DeliveriesPage {
  deliveries: WebhookDelivery[];
  pagination: { next_cursor: string | null };
}
