import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startMcpFake, type McpFake } from '@proviso/testing/providers/mcp';
import { type ReplyBody, type Tenant, useApi, proposal, useTenant } from './test-api.ts';
import { nextSteps } from '../src/next-steps.ts';

const ROOT = path.resolve(__dirname, '../../..');
const docs = readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
const curlsOf = (file: string): string[] =>
  [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/```sh\n(curl [^]*?)```/g)].map(
    ([, command = '']) => command,
  );
const run = promisify(execFile);

/** The server that a page names; a fake of it answers here. */
const GITHUB = 'https://api.githubcopilot.com/mcp/';

describe('the curl commands', () => {
  const api = useApi();
  let github: McpFake;
  beforeAll(async () => {
    github = await startMcpFake({ token: 'ghp_token' });
    github.tools.push({ name: 'get_issue', inputSchema: { type: 'object' } });
  });
  afterAll(() => github.close());
  const here = (command: string): string =>
    command.replaceAll('http://127.0.0.1:3000', api.url).replaceAll(GITHUB, github.address);

  /** Runs them in their order, as somebody would who has pasted the keys; each is told what the one before it made. */
  async function replies(tenant: Tenant, file: string): Promise<ReplyBody[]> {
    const env: Record<string, string | undefined> = {
      PATH: process.env.PATH ?? '',
      AGENT_KEY: await tenant.token({ agent: 'bot' }),
      OWNER_KEY: await tenant.token({}),
      AGENT_ID: await tenant.agentId('bot'),
      IDENTITY_ID: await tenant.identity('smtp', { host: '127.0.0.1', port: 25, from: 'agent@example.com' }),
    };
    const all: ReplyBody[] = [];
    const cwd = mkdtempSync(path.join(tmpdir(), 'proviso-commands-'));
    for (const command of curlsOf(file)) {
      const { stdout } = await run('bash', ['-c', here(command)], { env, cwd });
      const text = /> (\S+)\n$/.exec(command)?.[1];
      const reply = (
        text ? { status: readFileSync(path.join(cwd, text), 'utf8') && 'success' } : JSON.parse(stdout)
      ) as ReplyBody;
      expect([command, reply.status]).toEqual([command, 'success']);
      env.ACTION_ID = reply.action_id ?? env.ACTION_ID;
      env.SECRET = reply.secret ?? env.SECRET;
      env.IDENTITY_ID = reply.identity?.identity_id ?? env.IDENTITY_ID;
      env.GATEWAY_ID = reply.gateway?.gateway_id ?? env.GATEWAY_ID;
      env.HASH = reply.tools?.find(({ name }) => name === 'get_issue')?.definition_hash ?? env.HASH;
      all.push(reply);
    }
    rmSync(cwd, { recursive: true });
    return all;
  }

  it('of README.md propose and approve an action', async () => {
    const [proposed, approved] = await replies(await api.tenant(), 'README.md');
    expect([proposed?.action.status, approved?.action.status]).toEqual(['pending_approval', 'approved']);
    expect((await api.recorded(approved?.action_id ?? '')).trail).toEqual(['action.created', 'action.approved']);
  });

  it.each(docs.map((file) => `docs/${file}`).filter((file) => curlsOf(file).length > 0))(
    'of %s work as described',
    async (file) => {
      expect((await replies(await api.tenant(), file)).length).toBe(curlsOf(file).length);
    },
  );
});

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
