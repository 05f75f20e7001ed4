import { pino } from 'pino';
import { clientOf, openApi, pending, useApi } from './open-api.ts';

describe('a request’s line in the log', () => {
  const api = useApi();

  it('has the request’s id, the action that it is about, and neither the token nor what was sent', async () => {
    const here = await api.tenant();
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const { url, close } = await openApi({ ...api.world, log });
    const token = await here.token({});
    const owner = clientOf(url, token);
    const { action_id } = await pending(owner, here, { params: { say: 'a secret plan' } });
    await owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' }, { 'X-Request-Id': 'trace-7' });
    await owner.get('/v1/actions/nothing');
    await close();

    const told = lines.map((line) => JSON.parse(line) as { req?: object; res?: object; action?: string });
    expect(told).toMatchObject([
      { req: { method: 'POST', url: '/v1/actions', id: expect.any(String) }, res: { status: 200 }, action: action_id },
      { req: { id: 'trace-7' }, res: { status: 200 }, action: action_id },
      { res: { status: 404 } },
    ]);
    for (const secret of [token, token.slice(12), 'a secret plan']) expect(lines.join('')).not.toContain(secret);
  });
});
