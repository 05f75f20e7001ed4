import { readConfig } from './config.ts';
import { proposeForDemo } from './demo-proposals.ts';
import { greet } from './greet.ts';
import { startInstance } from './instance.ts';
import { Teardown } from './teardown.ts';

/**
 * `npm start`: runs everything until Ctrl-C and prints what is running. If it cannot, it stops everything and rejects.
 */
export async function startForPeople(): Promise<void> {
  const config = readConfig(process.env);
  const teardown = new Teardown();
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  process.stdout.on('error', () => {}); // its reader may have gone, as in `npm start | head`
  let end: (fault?: Error) => void = () => {};
  const ended = new Promise<Error | undefined>((resolve) => (end = resolve));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end());
  process.once('disconnect', () => end()); // whoever started it as a child is gone

  const started = startInstance(config, teardown, { say, onGivenUp: end }).then(async (instance) => {
    await proposeForDemo(instance).catch((error: unknown) =>
      say(`There are no demo proposals: ${(error as Error).message}`),
    );
    say(greet(instance));
  });
  try {
    const fault = await Promise.race([ended, started.then(() => ended)]);
    if (fault) throw fault;
    say('Stopping …');
  } finally {
    await teardown.close();
    await started.catch(() => {}); // a stopped start still undoes the step that it was in
  }
  say('Stopped. The data is kept for the next start.');
}
