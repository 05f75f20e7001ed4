import { newId } from '@proviso/core';
import { useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

describe('contacts', () => {
  const { api, here } = useTenant();
  const create = (by: Client, body: object): Promise<Reply> => by.post('/v1/contacts', body);
  const added = async (body: object = { email: 'ann@example.com' }): Promise<string> =>
    (await create(here.owner, body)).body.contact.contact_id;
  const row = async ({ id }: Tenant) => api.world.db.tables.contacts.findFirstOrThrow({ where: { workspace_id: id } });

  describe('an address with an international domain', () => {
    const [own, wire] = ['ann@bücher.example', 'ann@xn--bcher-kva.example'];

    it.each([
      [own, wire],
      [wire, own],
    ])('spelt %s is one with %s: shown in its letters, found, taken and unsubscribed in both', async (one, other) => {
      const contact_id = await added({ email: one });
      expect((await row(here)).email).toBe(wire);
      for (const email of [one, other.toUpperCase()]) {
        const { contacts } = (await here.owner.get('/v1/contacts', { email })).body;
        expect(contacts).toMatchObject([{ contact_id, email: own }]);
        await here.refuses('CONFLICT', () => create(here.owner, { email }));
      }
      const heard = {
        direction: 'inbound',
        message_id: '<i1@example.com>',
        from: `Ann <${other}>`,
        to: 'us@ours.example',
        at: '2026-01-02T03:04:05Z',
      };
      expect((await here.owner.post('/v1/email-messages', heard)).status).toBe(201);
      await here.owner.patch(`/v1/contacts/${contact_id}`, { unsubscribed: true });
      await here.owner.delete(`/v1/contacts/${contact_id}`);
      const config = { host: 'localhost', port: 25, from: 'us@ours.example' };
      const identity_id = await here.identity('smtp', config);
      for (const email of [one, other]) {
        const params = { email, subject: 'x', message: 'x' };
        await here.refuses(
          'INVALID',
          () => here.owner.post('/v1/actions', { type: 'email_message', identity_id, params }),
          ['params.email'],
        );
      }
    });

    it.each(['a=b@host.example', 'a/b@host.example', 'bounce+x=y@host.example'])(
      'accepts %s as contact, as sender and as recipient, and lets it unsubscribe',
      async (email) => {
        const contact_id = await added({ email });
        expect((await here.owner.patch(`/v1/contacts/${contact_id}`, { unsubscribed: true })).status).toBe(200);
        const heard = {
          direction: 'inbound',
          message_id: '<i1@x>',
          from: email,
          to: email,
          at: '2026-01-02T03:04:05Z',
        };
        expect((await here.owner.post('/v1/email-messages', heard)).status).toBe(201);
        const identity_id = await here.identity('smtp', { host: 'localhost', port: 25, from: email });
        const mail = { type: 'email_message', identity_id, params: { email, subject: 'x', message: 'x' } };
        const refused = await here.refuses('INVALID', () => here.owner.post('/v1/actions', mail));
        expect(refused.error).toContain('has unsubscribed');
      },
    );
  });

  describe('PATCH /v1/contacts/{contact_id}', () => {
    const patch = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/contacts/${id}`, body);

    it.each<[string, (by: Client, id: string) => Promise<unknown>]>([
      ['has another address by now', (by, id) => patch(by, id, { email: `${newId()}@example.com` })],
      ['is deleted', (by, id) => by.delete(`/v1/contacts/${id}`)],
      [
        'is deleted and made again',
        async (by, id) => {
          const { email } = (await by.get(`/v1/contacts/${id}`)).body.contact;
          await by.delete(`/v1/contacts/${id}`);
          const again = (await by.post('/v1/contacts', { email: email.toUpperCase() })).body.contact;
          expect(again.unsubscribed_at).not.toBeNull();
        },
      ],
    ])('sends nothing to an unsubscribed address, even if its contact %s', async (_, change) => {
      const email = `${newId()}@example.com`;
      const { contact_id } = (await here.owner.post('/v1/contacts', { email })).body.contact;
      await patch(here.owner, contact_id, { unsubscribed: true });
      await change(here.owner, contact_id);
      const identity_id = await here.identity('smtp', { host: 'localhost', port: 1, from: 'us@ours.example' });
      for (const to of [
        { email },
        { email: 'x@example.com', cc: email },
        { email: 'x@example.com', bcc: [email.toUpperCase()] },
      ]) {
        const params = { ...to, subject: 'x', message: 'x' };
        const { status, body } = await here.owner.post('/v1/actions', { type: 'email_message', identity_id, params });
        expect([status, body.error]).toEqual([400, expect.stringContaining('has unsubscribed from e-mail')]);
      }
    });

    it('shows an unsubscription to whoever gives a contact that address, and lets mail go again when a person says so', async () => {
      const [gone, email] = [`${newId()}@example.com`, `${newId()}@example.com`];
      const first = (await here.owner.post('/v1/contacts', { email: gone })).body.contact.contact_id;
      await patch(here.owner, first, { unsubscribed: true });
      await here.owner.delete(`/v1/contacts/${first}`);
      const second = (await here.owner.post('/v1/contacts', { email })).body.contact;
      expect(second.unsubscribed_at).toBeNull();
      expect((await patch(here.owner, second.contact_id, { email: gone })).body.contact.unsubscribed_at).not.toBeNull();
      await patch(here.owner, second.contact_id, { unsubscribed: false });
      expect(await api.world.db.tables.unsubscribed_addresses.count({ where: { workspace_id: here.id } })).toBe(0);
    });

    it('records the time of an unsubscribe once, and removes it on resubscribe', async () => {
      const id = await added();
      const first = (await patch(here.owner, id, { unsubscribed: true })).body.contact.unsubscribed_at;
      expect(first).toEqual(expect.any(String));
      expect((await patch(here.owner, id, { unsubscribed: true })).body.contact.unsubscribed_at).toBe(first);
      await patch(here.owner, id, { unsubscribed: false });
      expect((await row(here)).unsubscribed_at).toBeNull();
    });
  });
});
