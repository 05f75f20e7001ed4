// Bull Board, for operators. Its buttons send wake-ups and nothing else: the row decides what may run.
import type { Services } from '@proviso/core';
import type { NextFunction, RequestHandler, Response } from 'express';

/** Mounted at `basePath`. The first request loads the board, since few processes ever show it. */
export function queueBoard(queue: Services['queue'], basePath: string): RequestHandler {
  let board: Promise<RequestHandler> | undefined;
  return async (req, res, next) => {
    board ??= openBoard(queue, basePath);
    removeForeignLinks(res, next);
    (await board)(req, res, next);
  };
}

async function openBoard(queue: Services['queue'], basePath: string): Promise<RequestHandler> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]);
  const adapter = new ExpressAdapter().setBasePath(basePath);
  createBullBoard({
    queues: [
      new BullMQAdapter(queue.board, { description: 'Wake-ups: a job holds an action’s id, never what to do.' }),
    ],
    serverAdapter: adapter,
    options: {
      uiConfig: {
        boardTitle: 'Proviso',
        hideDocsLink: true,
        miscLinks: [
          { text: 'Why is FAILED empty?', url: '/admin#failed' },
          { text: 'Sign out', url: '/admin' },
        ],
      },
    },
  });
  return adapter.getRouter() as RequestHandler;
}

/** Removes the link to a font host, which the CSP would block with a console error on every page. */
function removeForeignLinks(res: Response, next: NextFunction): void {
  const render = res.render.bind(res) as (
    view: string,
    params: object,
    done: (e: unknown, html: string) => void,
  ) => void;
  res.render = (view: string, params?: unknown) => {
    render(view, params as object, (error, html) => {
      if (error) return next(error);
      res.send(html.replaceAll(/<link [^>]*href="https?:[^>]*>\s*/g, ''));
    });
  };
}
