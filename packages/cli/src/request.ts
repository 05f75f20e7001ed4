import { createClient, ProvisoError, type Client } from '@proviso/sdk';
import { readLogin, type Login } from './config.ts';

export function clientNow(): Client {
  const { url, token, workspace } = readLogin();
  return createClient({ baseUrl: url, token, workspaceId: workspace });
}

interface Refusal {
  error?: unknown;
  code?: unknown;
  details?: { path: string; message: string }[];
}

const TIMEOUT_MS = 30_000;

/** Calls an operation of /v1 that the SDK's client does not have. Throws ProvisoError. */
export async function request<Reply>(
  method: 'GET' | 'POST' | 'DELETE',
  address: string,
  body?: object,
  login: Login = readLogin(),
): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${login.token}`,
    ...(login.workspace && { 'x-workspace-id': login.workspace }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const reply = await fetch(new URL(address, login.url), {
    method,
    headers,
    signal,
    ...(body && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new ProvisoError(`${login.url} cannot be reached.`, { code: 'NETWORK', cause });
  });
  const said = (await reply.json().catch(() => ({}))) as Refusal;
  if (reply.ok) return said as Reply;
  const message = typeof said.error === 'string' ? said.error : `The service answered ${reply.status}.`;
  const code = typeof said.code === 'string' ? (said.code as ProvisoError['code']) : 'UNEXPECTED_REPLY';
  throw new ProvisoError(message, { code, status: reply.status, details: said.details });
}

const PAGE = 100;

/** Every row of a list, page by page. */
export async function requestAll<Row>(address: string, name: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE), skip: String(rows.length) });
    const page = await request<Record<string, unknown>>('GET', `${address}?${query.toString()}`);
    const more = (page[name] ?? []) as Row[];
    rows.push(...more);
    const { total_items } = page.pagination as { total_items: number };
    if (more.length === 0 || rows.length >= total_items) return rows;
  }
}
