import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { until } from '@proviso/testing';
import express, { type Response } from 'express';
import { limitUnread } from '../../src/unread-replies.ts';

const MIB = 1024 * 1024;
/** More than the sockets of both sides hold. */
const LARGE = Buffer.alloc(16 * MIB, 'x');

describe('unread replies', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function serve(limits: Parameters<typeof limitUnread>[0]) {
    const replies: Response[] = [];
    const app = express();
    app.use(limitUnread(limits));
    app.get('/:owner', (req, res) => {
      res.locals.workspaceId = req.params.owner;
      replies.push(res);
      res.end(LARGE);
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = async (owner: string): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(`GET /${owner} HTTP/1.1\r\nHost: here\r\n\r\n`);
      closing.push(() => socket.destroy());
      const count = replies.length;
      await until('the reply', () => replies.length > count);
      return socket;
    };
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { ask, replies };
  }

  const dropped = (replies: readonly Response[]): boolean[] => replies.map(({ destroyed }) => destroyed);

  it('are dropped when nothing was read for a while', async () => {
    const { ask, replies } = await serve({ unreadMs: 200 });
    await ask('a');
    await until('it to be dropped', () => replies[0]?.destroyed);
  });

  it('are dropped beyond a budget, the oldest of the workspace that holds the most of it', async () => {
    const { ask, replies } = await serve({ bytesMax: 70 * MIB });
    for (const owner of ['a', 'greedy', 'greedy', 'greedy']) await ask(owner);
    expect(dropped(replies)).toEqual([false, false, false, false]);
    await ask('b');
    await until('one to be dropped', () => dropped(replies).includes(true));
    expect(dropped(replies)).toEqual([false, true, false, false, false]);
  });

  it('exclude those that are read slowly', async () => {
    const { ask, replies } = await serve({ unreadMs: 400, bytesMax: 20 * MIB });
    const socket = await ask('a');
    let bytes = 0;
    socket.on('data', (piece) => {
      bytes += piece.length;
      socket.pause();
      setTimeout(() => socket.resume(), 2);
    });
    await until('all of it', () => bytes > LARGE.length, 25_000);
    await until('its end', () => replies[0]?.writableFinished);
    await ask('a'); // and the budget is free again
    await ask('b').then(() => expect(replies).toHaveLength(3));
  });
});
