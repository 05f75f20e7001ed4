/** One attempt to deliver an event. */
export interface WebhookRequest {
  url: string;
  /** The event's id: the same for every attempt. */
  id: string;
  /** `whsec_…`; each of them signs. */
  secrets: readonly string[];
  /** JSON. */
  body: string;
  timeoutMs: number;
}

/** What came of it. */
export interface WebhookAnswer {
  /** The HTTP status; null = there was no answer. */
  status: number | null;
  /** Why it failed, for people; null = the receiver accepted it. */
  error: string | null;
  /** The receiver’s wish for the next attempt; null = none. */
  retryAfterMs: number | null;
}

/** How this process sends events to webhooks, within the operator's limits of egress. */
export interface WebhookSender {
  /** Why nothing may be sent to an address; undefined = it may. */
  addressFault(url: URL): string | undefined;
  /** Sends a signed request once. Never throws. */
  send(request: WebhookRequest): Promise<WebhookAnswer>;
}
