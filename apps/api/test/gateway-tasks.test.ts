import { z } from 'zod';
import { useApi } from './test-api.ts';
import { modern, SEND, textOf, useGateways, WITH_TASKS, type GatewayHere } from './gateway-fixture.ts';

const ANY = z.looseObject({});

describe('a task of a gateway', () => {
  const api = useApi();
  const open = useGateways(api);

  describe('for a client of 2026-07-28 that declares the extension', () => {
    const call = async (here: GatewayHere) => {
      const { body } = await here.rpc(...modern('tools/call', SEND, WITH_TASKS));
      return body.result as { taskId: string };
    };
    const get = (here: GatewayHere, taskId: string, capabilities: object = WITH_TASKS) =>
      here.rpc(...modern('tasks/get', { taskId }, capabilities));

    it('is the action: created at once, under its id, and working until it ends', async () => {
      const here = await open();
      const made = await call(here);
      const [action] = await here.actions();
      const working = {
        taskId: action?.action_id,
        status: 'working',
        statusMessage: 'send_invoice has not run: it waits for a person’s approval.',
        createdAt: action?.created_at,
        lastUpdatedAt: expect.any(String),
        ttlMs: null,
        pollIntervalMs: expect.any(Number),
      };
      expect(made).toMatchObject({ resultType: 'task', ...working });
      expect((await get(here, made.taskId)).body.result).toMatchObject({ resultType: 'complete', ...working });
      await here.decide(action!);
      expect((await get(here, made.taskId)).body.result).toMatchObject({ status: 'working' });
    });

    it('completes with the tool’s result', async () => {
      const here = await open();
      const { taskId } = await call(here);
      const [action] = await here.actions();
      await here.run(await here.decide(action!));
      const { result } = (await get(here, taskId)).body;
      expect(result).toMatchObject({
        status: 'completed',
        result: { content: [{ type: 'text', text: 'Did send_invoice' }], structuredContent: { number: 1 } },
      });
    });

    it('completes with an error in plain words where a person declined', async () => {
      const here = await open();
      const { taskId } = await call(here);
      await here.owner.post(`/v1/actions/${taskId}/reject`, {});
      expect((await get(here, taskId)).body.result).toMatchObject({
        status: 'completed',
        result: { isError: true, content: [{ text: 'A person declined send_invoice. It has not run.' }] },
      });
    });

    it('is cancelled by its client, and expires', async () => {
      const here = await open();
      const { taskId } = await call(here);
      const cancelled = await here.rpc(...modern('tasks/cancel', { taskId }, WITH_TASKS));
      expect(cancelled.body.result).toMatchObject({ resultType: 'complete' });
      expect((await get(here, taskId)).body.result).toMatchObject({
        status: 'cancelled',
        statusMessage: 'send_invoice was cancelled. It has not run.',
      });
      const late = await here.rpc(...modern('tasks/cancel', { taskId }, WITH_TASKS));
      expect(late.body.result).toMatchObject({ resultType: 'complete' });
    });

    it('is answered by any process, and by one that started after the call', async () => {
      const here = await open();
      const { taskId } = await call(here);
      const { body } = await here.rpc(...modern('tasks/get', { taskId }, WITH_TASKS), await api.another());
      expect(body.result).toMatchObject({ taskId, status: 'working' });
    });

    it('needs the extension, and is the agent’s own', async () => {
      const here = await open();
      const { taskId } = await call(here);
      expect((await get(here, taskId, {})).body.error?.code).toBe(-32_021);
      for (const id of ['act_01h455vb4pex5vsknk084sn02q', 'x'])
        expect((await get(here, id)).body.error).toMatchObject({ code: -32_602 });
      const there = await open();
      expect((await get(there, taskId)).body.error).toMatchObject({ code: -32_602 });
    });

    it('is not offered where the client does not declare it', async () => {
      const here = await open();
      const { body } = await here.rpc(...modern('tools/call', SEND));
      expect(body.result).toMatchObject({ resultType: 'complete', structuredContent: { status: 'queued' } });
    });
  });

  describe('for a client of 2025-11-25 that asks for one', () => {
    async function begin() {
      const here = await open();
      const client = await here.connect({ era: '2025' });
      const ask = (method: string, params: object) => client.request({ method, params } as never, ANY);
      const { task } = (await ask('tools/call', { ...SEND, task: { ttl: 60_000 } })) as { task: { taskId: string } };
      return { here, ask, task };
    }

    it('says that it may be asked for', async () => {
      const here = await open();
      const client = await here.connect({ era: '2025' });
      expect(client.getServerCapabilities()).toMatchObject({
        tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
      });
      const { tools } = await client.listTools();
      expect(tools.find(({ name }) => name === 'send_invoice')?.execution).toEqual({ taskSupport: 'optional' });
    });

    it('is the action, is listed, and gives its result', async () => {
      const { here, ask, task } = await begin();
      const [action] = await here.actions();
      expect(task).toMatchObject({ taskId: action?.action_id, status: 'working', ttl: null });
      expect(await ask('tasks/list', {})).toMatchObject({ tasks: [{ taskId: task.taskId, status: 'working' }] });
      const waiting = ask('tasks/result', { taskId: task.taskId });
      await here.run(await here.decide(action!));
      const result = await waiting;
      expect(textOf(result)).toBe('Did send_invoice');
      expect(result).toMatchObject({ _meta: { 'io.modelcontextprotocol/related-task': { taskId: task.taskId } } });
      expect(await ask('tasks/get', { taskId: task.taskId })).toMatchObject({ status: 'completed' });
    });

    it('is cancelled once', async () => {
      const { ask, task } = await begin();
      expect(await ask('tasks/cancel', { taskId: task.taskId })).toMatchObject({ status: 'cancelled' });
      await expect(ask('tasks/cancel', { taskId: task.taskId })).rejects.toMatchObject({ code: -32_602 });
      expect(textOf(await ask('tasks/result', { taskId: task.taskId }))).toBe(
        'send_invoice was cancelled. It has not run.',
      );
    });
  });
});
