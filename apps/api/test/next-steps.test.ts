import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { nextSteps } from '../src/next-steps.ts';
import { proposal, type ReplyBody, useTenant } from './test-api.ts';

const run = promisify(execFile);

describe('what bootstrap says to do next', () => {
  const { api, here } = useTenant();

  it('works as printed, in its order', async () => {
    const env: Record<string, string> = { PATH: process.env.PATH ?? '', OWNER_KEY: await here.token({}) };
    const commands = nextSteps(api.url).match(/^ +curl [^]*?}'$/gm) ?? [];
    expect(commands).toHaveLength(5);
    const replies: ReplyBody[] = [];
    for (const command of commands) {
      const { stdout } = await run('bash', ['-c', command], { env });
      const reply = JSON.parse(stdout) as ReplyBody;
      expect([command, reply.status]).toEqual([command, 'success']);
      env.SECRET = reply.secret ?? env.SECRET ?? '';
      env.AGENT_ID = reply.agent?.agent_id ?? env.AGENT_ID ?? '';
      replies.push(reply);
    }
    const agent = api.with(replies.find(({ token }) => token)?.token ?? '');
    expect((await agent.post('/v1/actions', proposal(here))).status).toBe(200);
    expect((await here.owner.get('/v1/members')).body.members).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ role: 'reviewer', email: 'rae@example.com' })]),
    );
  });
});
