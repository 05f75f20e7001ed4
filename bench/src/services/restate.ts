// An approval as Restate's documents write it (docs.restate.dev, "Workflows"): `run` waits for a durable promise that
// the handler `approve` resolves, then runs a side effect.
import * as restate from '@restatedev/restate-sdk';
import { resultOf, type Params } from '../params.ts';

// The SDK uses what Node 22 has and Node 20 has not.
Promise.withResolvers ??= function withResolvers<T>() {
  let resolve!: (value: T | PromiseLike<T>) => void;
  let reject!: (reason?: unknown) => void;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};

const action = restate.workflow({
  name: 'action',
  handlers: {
    run: async (context: restate.WorkflowContext, params: Params) => {
      const decision = await context.promise<string>('decision');
      if (decision !== 'approve') throw new restate.TerminalError('The action was not approved.');
      return context.run('perform', () => resultOf(params));
    },
    approve: async (context: restate.WorkflowSharedContext) => {
      await context.promise<string>('decision').resolve('approve');
    },
  },
});

await restate.serve({ services: [action], port: Number(process.env.PORT) });
