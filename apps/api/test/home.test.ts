import { useApi } from './test-api.ts';

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
