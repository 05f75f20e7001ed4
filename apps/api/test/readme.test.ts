import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ReplyBody } from './open-api.ts';
import { recorded, useApi } from './open-api.ts';

const README = readFileSync(path.resolve(__dirname, '../../../README.md'), 'utf8');
const curls = [...README.matchAll(/```sh\n(curl [^]*?)```/g)].map(([, command = '']) => command);
const run = promisify(execFile);

describe('README.md', () => {
  const api = useApi();

  it('has curl commands that do what it says, in their order', async () => {
    const here = await api.tenant();
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? '',
      AGENT_KEY: await here.token({ agent: 'bot' }),
      OWNER_KEY: await here.token({}),
      IDENTITY_ID: await here.identity('smtp', { host: '127.0.0.1', port: 25, from: 'agent@example.com' }),
    };
    const statuses: string[] = [];
    for (const command of curls) {
      const { stdout } = await run('bash', ['-c', command.replaceAll('http://127.0.0.1:3000', api.url)], { env });
      const reply = JSON.parse(stdout) as ReplyBody;
      expect(reply).toMatchObject({ status: 'success' });
      env.ACTION_ID = reply.action_id;
      statuses.push(reply.action.status);
    }
    expect(statuses).toEqual(['pending_approval', 'approved']);
    expect((await recorded(api.world, env.ACTION_ID ?? '')).trail).toEqual(['action.created', 'action.approved']);
  });
});
