import { startUnipileFake, type UnipileFake } from '@proviso/testing/providers/linkedin';
import { httpFault } from '@proviso/testing/providers/http-fake';
import type { JsonObject } from '@proviso/contracts';
import { linkedin } from '../../src/providers/linkedin.ts';
import { contact, lookupContext } from '../records.ts';
import { executor, identityWith, INVITATION, settings, TOKEN, UNIPILE } from '../subjects/linkedin.ts';

describe('linkedin_connection', () => {
  it.each([
    ['linkedin.com/in/ada', 'https://www.linkedin.com/in/ada'],
    ['http://de.linkedin.com/in/Ada-L_1/?trk=x#about', 'https://www.linkedin.com/in/Ada-L_1'],
    [' https://www.linkedin.com/in/ada/details/experience ', 'https://www.linkedin.com/in/ada'],
    ['https://www.linkedin.com/in/zo%C3%AB-k', 'https://www.linkedin.com/in/zo%C3%AB-k'],
    ['https://www.linkedin.com/in/zoë-k', 'https://www.linkedin.com/in/zo%C3%AB-k'],
    ...['สมชาย-ใจดี', 'अनिता-शर्मा', 'தமிழ்ச்செல்வி', 'محمّد-علي'].map((name): [string, string] => [
      `https://www.linkedin.com/in/${name}`,
      `https://www.linkedin.com/in/${encodeURIComponent(name.normalize('NFC'))}`,
    ]),
  ])('reads %j as one spelling', (given, kept) => {
    expect(executor.params.parse({ linkedin_url: given })).toEqual({ linkedin_url: kept });
    expect(executor.params.parse({ linkedin_url: kept })).toEqual({ linkedin_url: kept });
  });

  it.each([
    'https://www.linkedin.com/company/acme',
    'https://linkedin.com.evil.test/in/ada',
    'https://evil.test/linkedin.com/in/ada',
    'https://www.linkedin.com@evil.test/in/ada',
    'https://ada@www.linkedin.com/in/ada',
    'https://www.linkedin.com:8443/in/ada',
    'https://www.linkedin.com/in/ada%2F..%2Fadmin',
    'https://www.linkedin.com/in/%zz',
    'https://www.linkedin.com/in/',
    'javascript:alert(1)//linkedin.com/in/ada',
    'ada',
    '',
  ])('rejects %j as a profile', (linkedin_url) => {
    expect(executor.params.safeParse({ linkedin_url }).error?.issues.map(({ path }) => path)).toEqual([
      ['linkedin_url'],
    ]);
  });

  it('accepts a note of 300 characters, and warns in the preview if a free account takes fewer', () => {
    const noted = (characters: number) => ({ ...INVITATION, message: 'x'.repeat(characters) });
    expect(executor.params.safeParse(noted(301)).success).toBe(false);
    const warnings = (characters: number, config: JsonObject) =>
      executor.preview(noted(characters), { identity: identityWith(config) }).warnings;
    expect(warnings(201, {})).toEqual(['The note has 201 characters; a free LinkedIn account may send 200.']);
    expect(warnings(200, {})).toBeUndefined();
    expect(warnings(300, { premium: true })).toBeUndefined();
  });

  it.each([
    [identityWith({}), 'a person: this only makes a task'],
    [UNIPILE, 'Unipile at api1.unipile.com:13111, from the account acc_1'],
  ])('shows in the preview who sends it', (identity, value) => {
    expect(executor.preview(INVITATION, { identity }).fields).toContainEqual({ label: 'Sent by', value });
  });

  it.each([
    [[contact()], { kind: 'ok' }],
    [[], { kind: 'refused', message: 'The contact no longer exists.' }],
    [[contact({ unsubscribedAt: new Date(0) })], { kind: 'refused', message: 'The contact has unsubscribed.' }],
  ])('asks before the run whether the contact may be invited', async (contacts, verdict) => {
    expect(await executor.guard?.(INVITATION, { ...lookupContext({ contacts }), approvedAt: new Date(0) })).toEqual(
      verdict,
    );
  });

  describe('after a lost worker', () => {
    let fake: UnipileFake;
    beforeEach(async () => {
      fake = await startUnipileFake({ token: TOKEN });
      settings.baseUrls = { linkedin: fake.url };
    });
    afterEach(() => fake.close());

    const settle = (params: JsonObject = INVITATION, credentials: JsonObject | null = { token: TOKEN }) =>
      executor.reconcile?.({
        action: { id: 'act_1', workspaceId: 'w', params, attempt: 1, approval: null },
        ...lookupContext({}, { identity: UNIPILE }),
        credentials,
        key: 'k',
        signal: new AbortController().signal,
      } as never);
    const pending = { id: 'inv_9', provider_id: 'ACo_ada', message: 'Hello Ada' };

    it('finds the pending invitation', async () => {
      fake.invitations.push(pending);
      const result = { delivered: true, provider_id: 'ACo_ada', invitation_id: 'inv_9' };
      expect(await settle()).toEqual({ kind: 'done', result });
    });

    it.each<[string, () => void, JsonObject?]>([
      ['none is listed', () => undefined],
      ['it was accepted, and is listed no more', () => (fake.invitations.push(pending), fake.accept('inv_9'))],
      ['the pending one has another note', () => void fake.invitations.push({ ...pending, message: 'Hi' })],
      ['the pending one is another person’s', () => void fake.invitations.push({ ...pending, provider_id: 'ACo_bob' })],
      ['Unipile fails', () => fake.next('/users/invite/sent', httpFault.answers(500))],
      ['Unipile does not answer', () => fake.next('/users/invite/sent', httpFault.cuts())],
    ])('knows nothing when %s', async (_name, arrange) => {
      arrange();
      expect(await settle()).toEqual({ kind: 'unknown' });
    });

    it('is verified by the account that answers', async () => {
      const verify = (config: JsonObject, token = TOKEN) =>
        linkedin(settings).verify({
          config: linkedin().config.parse(config),
          credentials: { token },
          signal: new AbortController().signal,
        });
      expect(await verify(UNIPILE.config)).toEqual({ ok: true, account: 'Ada Sales' });
      expect(await verify({})).toEqual({ ok: true, account: 'a person, by hand' });
      const refused = {
        ok: false,
        message: 'Unipile refused it (401): The key is not known. Check the credentials and what they allow.',
      };
      expect(await verify(UNIPILE.config, 'wrong')).toEqual(refused);
      const account = (...states: string[]) => ({
        type: 'LINKEDIN',
        name: 'Ada',
        sources: states.map((status) => ({ status })),
      });
      fake.next(
        '/accounts/acc_1',
        httpFault.answers(200, account('CREDENTIALS')),
        httpFault.answers(200, account('OK')),
      );
      const cutOff = 'Unipile is no longer logged in to the account: reconnect it there.';
      expect(await verify(UNIPILE.config)).toEqual({ ok: false, message: cutOff });
      expect(await verify(UNIPILE.config)).toEqual({ ok: true, account: 'Ada' });
      await fake.close();
      expect(await verify(UNIPILE.config)).toEqual({ ok: false, message: 'Unipile cannot be reached.' });
    });
  });

  it.each<[JsonObject, string]>([
    [{ mode: 'unipile' }, 'dsn'],
    [{ mode: 'unipile', dsn: '127.0.0.1:80', account_id: 'a' }, 'dsn'],
    [{ mode: 'unipile', dsn: 'api1.unipile.com.evil.test', account_id: 'a' }, 'dsn'],
    [{ mode: 'other' }, 'mode'],
    [{ dsn: 'api1.unipile.com' }, ''],
  ])('refuses the config %j', (config, at) => {
    expect(linkedin().config.safeParse(config).error?.issues[0]?.path.join('.')).toBe(at);
  });
});
