import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clientOf, startTestApi, useApi, type Client } from './test-api.ts';

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const PAGE = '<!doctype html><title>Proviso</title><script type="module" src="/assets/main-1a2b3c.js"></script>';

describe('the inbox', () => {
  const api = useApi();
  let dir: string;
  let by: Client;
  let url: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'proviso-inbox-'));
    mkdirSync(path.join(dir, 'assets'));
    writeFileSync(path.join(dir, 'index.html'), PAGE);
    writeFileSync(path.join(dir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(path.join(dir, 'assets/main-1a2b3c.js'), 'export {};');
    const opened = await startTestApi(api.world, { inboxDir: dir });
    url = opened.url;
    by = clientOf(url);
    close = () => opened.close();
  });
  afterAll(async () => {
    await close();
    rmSync(dir, { recursive: true });
  });
  const open = (address: string, headers = {}) => by.raw('get', address, undefined, { ...HTML, ...headers });

  it.each(['/', '/sign-in', '/welcome', '/actions/act_01h455vb4pex5vsknk084sn02q', '/settings/members'])(
    'is the page at %s for a browser',
    async (address) => {
      const { status, headers, text } = await open(address);
      expect([status, headers['content-type'], text]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
      expect(headers['cache-control']).toBe('no-cache');
    },
  );

  it('runs no script but its own, is in no frame, and names nobody else', async () => {
    const { headers } = await open('/sign-in');
    const policy = (headers['content-security-policy'] ?? '').split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "img-src 'self' data:",
      ]),
    );
    expect(policy.join()).not.toMatch(/https?:|\*|unsafe-/);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('is asked for anew with an ETag, and its hashed files never again', async () => {
    const { headers } = await open('/');
    expect(headers.etag).toBeTruthy();
    expect((await open('/', { 'If-None-Match': headers.etag })).status).toBe(304);
    const script = await by.get('/assets/main-1a2b3c.js');
    expect([script.status, script.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(script.headers['content-type']).toMatch(/^text\/javascript/);
    expect((await by.get('/favicon.svg')).headers['content-type']).toMatch(/^image\/svg/);
  });

  it.each(['/', '/sign-in', '/assets/main-1a2b3c.js'])('answers HEAD %s as it answers GET', async (address) => {
    const got = await fetch(new URL(address, url), { method: 'HEAD', headers: HTML });
    expect([got.status, await got.text()]).toEqual([200, '']);
  });

  it.each(['/v1/nosuch', '/v1', '/api/nosuch', '/api/auth/nosuch', '/docs/nosuch', '/assets/nosuch.js', '/nosuch.png'])(
    'does not hide that there is nothing at %s',
    async (address) => {
      const { status, body } = await open(address);
      expect([status, body.status === 'error' || typeof body.error === 'object']).toEqual([404, true]);
    },
  );

  it('is not what a program gets', async () => {
    expect((await by.get('/settings/members')).status).toBe(404);
    expect((await by.get('/')).body).toMatchObject({ status: 'success', service: 'proviso' });
    expect((await by.post('/sign-in', {})).status).toBe(404);
  });

  it.each(['/assets/../../package.json', '/%2e%2e/package.json', '/assets/%2e%2e%2f%2e%2e%2fpackage.json', '/.env'])(
    'serves no file from elsewhere: %s',
    async (address) => {
      const { text } = await open(address);
      expect(text).not.toContain('"dependencies"');
    },
  );
});

describe('an inbox that is not built', () => {
  const api = useApi();

  it('is a page that says how to build it, and nothing else is missing', async () => {
    const url = await api.another({}, { inboxDir: '/nowhere' });
    const { status, text } = await clientOf(url).raw('get', '/', undefined, HTML);
    expect([status, text.includes('npm run build')]).toEqual([200, true]);
    expect((await clientOf(url).raw('get', '/sign-in', undefined, HTML)).status).toBe(404);
    expect((await clientOf(url).get('/readyz')).status).toBe(200);
  });
});

describe('the bare address', () => {
  const api = useApi({ inboxDir: '/nowhere' });

  it('is a page for browsers, with links that lead somewhere and nothing from elsewhere', async () => {
    const { status, headers, text } = await api.with().raw('get', '/', undefined, { Accept: 'text/html,*/*;q=0.8' });
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(4);
    for (const link of links) {
      expect(link).toMatch(/^\/(?!\/)/);
      expect([200, 303]).toContain((await api.with().raw('get', link, undefined, { Accept: 'text/html' })).status);
    }
    expect(text).not.toMatch(/<script|\ssrc=/i);
    expect(text).toContain('/v1/actions');
  });

  it.each(['*/*', 'application/json', undefined])('is JSON with the same links for programs: %s', async (Accept) => {
    const { status, body } = await api.with().raw('get', '/', undefined, { ...(Accept && { Accept }) });
    expect([status, body]).toMatchObject([
      200,
      { status: 'success', links: { reference: '/docs/', openapi: '/openapi.json' } },
    ]);
    for (const link of Object.values((body as unknown as { links: Record<string, string> }).links))
      expect([200, 303, 401]).toContain((await api.with().get(link)).status);
  });

  it('refuses a body', async () => {
    expect((await api.with().post('/', {})).status).toBe(404);
  });
});
