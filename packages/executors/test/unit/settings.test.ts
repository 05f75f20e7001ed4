import { z } from 'zod';
import { EXECUTOR_ENVIRONMENT, executorSettings } from '../../src/index.ts';

const environment = z.object(EXECUTOR_ENVIRONMENT);

describe('the provider endpoints from the environment', () => {
  it.each(['slack', 'resend', 'hubspot', 'linkedin'] as const)('put %s elsewhere', (provider) => {
    const name = `PROVISO_${provider.toUpperCase()}_URL`;
    const read = executorSettings(environment.parse({ [name]: 'http://proxy.test:8080/there/' }));
    expect(read.baseUrls).toEqual({ [provider]: 'http://proxy.test:8080/there' });
    const { error } = environment.safeParse({ [name]: 'proxy.test' });
    expect(error?.issues).toMatchObject([{ path: [name], message: 'must be an http:// or https:// URL' }]);
  });

  it('leave every provider where it is, and private addresses unreachable, unless they are named', () => {
    const read = executorSettings(environment.parse({}));
    const allowedPrivateHosts = { names: new Set(), ranges: [] };
    expect(read).toEqual({
      baseUrls: {},
      allowPrivateAddresses: false,
      allowedPrivateHosts,
      mcpServers: {},
      modules: [],
    });
  });

  it('report an unusable file of programs in one sentence', () => {
    const read = (file: string) => () => executorSettings(environment.parse({ PROVISO_MCP_SERVERS: file }));
    expect(read('no/such/file')).toThrow(/^PROVISO_MCP_SERVERS: no\/such\/file is invalid: ENOENT/);
    expect(read('package.json')).toThrow(/^PROVISO_MCP_SERVERS: package\.json is invalid: .*mcpServers/);
  });
});
