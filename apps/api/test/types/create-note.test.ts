import { useApi } from '../test-api.ts';
import { approve, proposeAs, run, trailOf } from './from-proposal-to-result.ts';

describe('create_note', () => {
  const api = useApi();

  it.each(['contact', 'company'] as const)(
    'is proposed on a %s, reviewed, edited, written once, and read back',
    async (kind) => {
      const here = await api.tenant();
      const { body } =
        kind === 'contact'
          ? await here.owner.post('/v1/contacts', { email: 'ada@example.com' })
          : await here.owner.post('/v1/companies', { name: 'Analytical Engines' });
      const about =
        kind === 'contact' ? { contact_id: body.contact.contact_id } : { company_id: body.company.company_id };
      const [id] = Object.values(about);

      const params = { ...about, content: 'Asked for a quote.' };
      const proposed = await proposeAs(here, here.identityId, 'create_note', params);
      expect(proposed.preview?.body).toEqual({ text: 'Asked for a quote.' });

      const approved = await approve(here, proposed, { content: 'Asked for a quote by Friday.' });
      expect(approved.preview?.body).toEqual({ text: 'Asked for a quote by Friday.' });

      const ended = await run(api, here, approved);
      expect(trailOf(ended)).toEqual(['action.created', 'action.approved', 'action.claimed', 'action.completed']);
      const plural = kind === 'contact' ? 'contacts' : 'companies';
      const { notes } = (await here.owner.get(`/v1/${plural}/${id}/notes`)).body;
      expect(notes).toMatchObject([
        { note_id: ended.result?.note_id, content: 'Asked for a quote by Friday.', action_id: ended.action_id },
      ]);
    },
  );
});
