import { Agent, request, type Dispatcher } from 'undici';

export interface HttpClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** The status alone, for questions that a service answers with one. */
  status(path: string): Promise<number>;
}

/** Keeps as many connections as there are callers, without pipelining. */
export const openConnections = (connections: number): Agent => new Agent({ connections, pipelining: 1 });

export function httpClient(
  url: string,
  dispatcher: Dispatcher,
  { token, more }: { token?: string | undefined; more?: Record<string, string> | undefined } = {},
): HttpClient {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...more };
  const send = async <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
    const text = body === undefined ? null : JSON.stringify(body);
    const reply = await request(url + path, { method, headers, dispatcher, body: text });
    const answer = await reply.body.text();
    if (reply.statusCode >= 300) throw new Error(`${method} ${path}: ${reply.statusCode} ${answer.slice(0, 300)}`);
    return (answer ? JSON.parse(answer) : undefined) as T;
  };
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    status: async (path) => {
      const reply = await request(url + path, { headers, dispatcher });
      await reply.body.dump();
      return reply.statusCode;
    },
  };
}
