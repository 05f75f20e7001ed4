// A real OpenID provider on the loopback, for oidc.test.ts. It signs in whoever POST /as named last, without asking.
// Run: node oidc-server.mjs '{"port":…,"clientId":…,"clientSecret":…,"redirectUri":…}'
import { Provider } from 'oidc-provider';

const { port, clientId, clientSecret, redirectUri } = JSON.parse(process.argv[2]);
/** @type {Map<string, { sub: string }>} */
const accounts = new Map();
/** @type {{ sub: string } | null} */
let current = null;

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, { uid }) => `/as-current/${uid}` },
  cookies: { keys: ['test'] },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => accounts.get(accountId) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (ctx.path === '/as' && ctx.method === 'POST') {
    const chunks = await ctx.req.toArray();
    current = JSON.parse(Buffer.concat(chunks).toString());
    if (current) accounts.set(current.sub, current);
    ctx.body = 'ok';
  } else if (ctx.path.startsWith('/as-current/')) {
    const result = current ? { login: { accountId: current.sub } } : { error: 'access_denied' };
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
  } else await next();
});

provider.listen(port, '127.0.0.1', () => process.send?.('listening'));
process.on('disconnect', () => process.exit());
