import type { Page } from 'playwright-core';
import { formatId, parseId } from '@proviso/core';
import { clientOf, until } from '@proviso/testing';
import { hostileProposals, NAME_CHARS_MAX, startHostileProviders, TYPE_NAMES } from './hostile-proposals.ts';
import type { HostileProviders } from './hostile-proposals.ts';
import { HOSTILE_TEXTS, packs } from './hostile-texts.ts';
import { describeInBrowser, openInbox, type Inbox, type Office } from './open-inbox.ts';
import { propose, read, task } from './propose.ts';

const RAN = 'A hostile text ran';

/** Reports what runs at once, so that nothing has to be looked for at the right time. */
const TRAP = `Object.defineProperty(window, 'hit', { set: () => console.error('${RAN} at ' + location.href) })`;

/** Elements and attributes that the page never has; in the frame of a mail, all that a cleaned mail never has. */
const TRACES = `(() => {
  const own = ({ href, src }) => /^[/](assets[/]|favicon[.]|manifest[.]|icon-)/.test((href ?? src).replace(location.origin, ''));
  const isOdd = (element) =>
    [...element.attributes].some(({ name, value }) =>
      /^on/i.test(name) || (/^(href|src|data|action|formaction|xlink:href|srcdoc)$/i.test(name) && /^\\s*(javascript|data|vbscript):/i.test(value))) ||
    (element.matches('script, link') && !own(element)) ||
    element.matches('base, embed, object, meta[http-equiv], form[action], iframe:not([sandbox="allow-same-origin"]), style, math, marquee, video, audio, foreignObject');
  const isOddInMail = (element) =>
    !element.matches('a,b,i,u,em,strong,p,br,hr,div,span,h1,h2,h3,h4,ul,ol,li,code,pre,blockquote,table,thead,tbody,tr,th,td') ||
    [...element.attributes].some(({ name, value }) => name !== 'href' || !/^(https?|mailto):|^[^:]*$/i.test(value));
  const mails = [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument?.body);
  return [
    ...[...document.querySelectorAll('*')].filter(isOdd),
    ...mails.flatMap((body) => [...(body?.querySelectorAll('*') ?? [])].filter(isOddInMail)),
    ...(getComputedStyle(document.body).display === 'none' ? [document.body] : []),
  ].map((element) => element.outerHTML.slice(0, 300));
})()`;

/** Whether the mail is drawn: its frame has loaded, with our sheet. */
const MAIL_IS_DRAWN = `[...document.querySelectorAll('iframe')].every((frame) =>
  frame.contentDocument?.body?.childElementCount > 0 &&
  frame.contentWindow.getComputedStyle(frame.contentDocument.body).backgroundColor === 'rgb(255, 255, 255)')`;

/** The proposal whose card is drawn, with its mail; otherwise the one before. */
const CARD = `(() => {
  const id = new URLSearchParams(location.search).get('open');
  if (id && document.querySelector('section a[title="' + id + '"]') && ${MAIL_IS_DRAWN}) window.card = id;
  return window.card ?? null;
})()`;

describeInBrowser('what agents, tools and people write', () => {
  let inbox: Inbox;
  let providers: HostileProviders;
  beforeAll(async () => {
    providers = await startHostileProviders();
    inbox = await openInbox(providers.env);
  }, 120_000);
  afterAll(async () => {
    await inbox.close();
    await providers.close();
  });

  /** An office whose page reports what runs, what is asked of elsewhere, and what opens. */
  async function watched(): Promise<Office & { check: () => Promise<void> }> {
    const office = await inbox.office();
    const { page, complaints } = office;
    const { origin } = new URL(page.url());
    await page.addInitScript(TRAP);
    const escaped = (address: string): boolean => !/^(?:data|blob|about):/.test(address) && !address.startsWith(origin);
    page.on('request', (request) => {
      if (escaped(request.url())) complaints.push(`It asked for ${request.url()}`);
    });
    page.on('dialog', async (dialog) => {
      complaints.push(`It opened a dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on('popup', (popup) => complaints.push(`It opened ${popup.url()}`));
    page.on('framenavigated', (frame) => {
      if (escaped(frame.url())) complaints.push(`It went to ${frame.url()}`);
    });
    const check = async (): Promise<void> => {
      expect([page.url(), await page.evaluate(TRACES), complaints]).toEqual([page.url(), [], []]);
    };
    return { ...office, check };
  }

  /** Opens the next card by key, until all of them have been on the screen. */
  async function readAll(page: Page, count: number, look: () => Promise<void>): Promise<string[]> {
    const seen: string[] = [];
    while (seen.length < count) {
      if (seen.length > 0) await page.keyboard.press('j');
      await until(
        'the next card to be shown',
        async () => (await page.evaluate(CARD)) !== (seen.at(-1) ?? null),
        10_000,
      );
      seen.push(String(await page.evaluate(CARD)));
      await look();
    }
    return seen;
  }

  it('runs nothing and asks nothing of elsewhere, in any text of any type', async () => {
    const office = await watched();
    const { page, check } = office;
    const proposals = await hostileProposals(office, providers.mcpAddress);
    expect(new Set(proposals.map(({ type }) => type)).size).toBe(14);
    const ids = await propose(office, ...proposals);
    expect(ids.filter(Boolean)).toHaveLength(proposals.length);
    await page.goto('/?group=none');
    const seen = await readAll(page, ids.length, check);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    for (const type of TYPE_NAMES) {
      const id = ids[proposals.findLastIndex((proposal) => proposal.type === type)];
      await page.goto(`/?group=none&type=${type}&open=${id}`);
      await page.locator(`section a[title="${id}"]`).waitFor();
      if (type !== 'escalate_to_human') {
        await page.keyboard.press('e');
        await page.getByRole('button', { name: 'Discard the changes' }).waitFor();
      }
      await check();
      await page.goto(`/actions/${id}`);
      await page.getByRole('heading', { name: 'What happened' }).waitFor();
      await check();
    }
    // The trap holds: what ran would be here by now.
    await page.evaluate('window.hit = 1');
    await until('the trap to be heard', () => office.complaints.length > 0, 5_000);
    expect(office.complaints).toEqual([expect.stringContaining(RAN)]);
  }, 180_000);

  it('runs nothing as the HTML of a mail, alone', async () => {
    const office = await watched();
    const { body } = await office.reviewer<{ identity: { identity_id: string } }>('POST', '/v1/identities', {
      provider: 'smtp',
      name: 'Mail',
      config: { host: '127.0.0.1', port: 2525, from: 'a@ours.test' },
    });
    const mails = HOSTILE_TEXTS.map((text, at) => ({
      type: 'email_message',
      identity_id: body.identity.identity_id,
      params: { email: 'ada@example.com', subject: `Mail ${at}`, message: text, html: `<p>Hello</p>${text}` },
    }));
    const ids = await propose(office, ...mails);
    expect(ids.filter(Boolean)).toHaveLength(HOSTILE_TEXTS.length);
    await office.page.goto('/?group=none');
    await readAll(office.page, ids.length, office.check);
  }, 120_000);

  it('runs nothing in names, reasons, comments, previews of agents, and schemas of tools', async () => {
    const office = await watched();
    const { page, check, reviewer } = office;
    const names = packs(NAME_CHARS_MAX);
    const all = HOSTILE_TEXTS.join(' ');
    await reviewer('PATCH', '/v1/settings', { reject_presets: packs(200).slice(0, 20) });
    for (const [at, name] of names.entries()) {
      const { body } = await reviewer<{ secret: string }>('POST', '/v1/invitations', {
        email: `${office.agentId}-${at}@example.com`,
        role: 'reviewer',
      });
      const { origin } = new URL(page.url());
      const stranger = clientOf(origin, '');
      await stranger('POST', '/v1/invitations/accept', { secret: body.secret, name });
      await reviewer('POST', '/v1/views', { name: name.slice(0, 80), filters: { q: name }, shared: true });
      await reviewer('POST', '/v1/agents', { name, description: name });
      await reviewer('POST', '/v1/api-keys', { name, scopes: ['actions:read'] });
    }
    // Names that every object has are types and params like any other.
    const tools = ['constructor', '__proto__', 'toString', 'valueOf', 'shop.refund'];
    const property = { type: 'string', title: all, description: all, examples: [all], default: all };
    const input_schema = {
      type: 'object',
      title: all,
      description: all,
      $defs: { own: property },
      properties: { constructor: property, toString: { $ref: '#/$defs/own' }, [names[0] ?? '']: property },
    };
    const ids: string[] = [];
    for (const name of tools) {
      await reviewer('POST', '/v1/tools', { name, url: 'https://tools.example.com/refund', input_schema });
      const { body } = await office.agent<{ id: string }>('POST', '/api/pending-actions', {
        workspaceId: office.workspaceId,
        toolName: name,
        identityId: office.identityId,
        toolInput: { constructor: all, toString: all, valueOf: all, hasOwnProperty: all, [names[0] ?? '']: all },
        preview: {
          title: all,
          fields: [
            { label: all, value: all, before: all },
            { label: 'constructor', value: { constructor: all } },
          ],
          body: { html: all },
          warnings: [all],
        },
      });
      ids.push(formatId('action', body.id));
    }
    const [first = ''] = ids;
    await reviewer('POST', `/v1/actions/${first}/comments`, { comment: all });
    const run = await office.agent<{ run: { run_id: string } }>('POST', `/v1/agents/${office.agentId}/runs`, {
      metadata: { name: names[0], goal: names[1] ?? '' },
    });
    const { run_id } = run.body.run;
    const alike = names.map((name) => ({ ...task(`Write to ${name}`, { description: all }), run_id }));
    const [lost = '', rejected = '', ...others] = await propose(office, ...alike);
    await inbox.world.db.pool.query(
      `update actions set status = 'failed', status_reason = 'outcome_unknown', completed_at = now(),
         error = jsonb_build_object('code', 'outcome_unknown', 'message', $2::text, 'retryable', false) where id = $1`,
      [parseId('action', lost), all],
    );
    await reviewer('POST', `/v1/actions/${rejected}/approve`, { action: 'reject', comment: all.slice(0, 2_000) });

    await page.goto('/?group=none');
    await readAll(page, ids.length + others.length, check);
    for (const [at, id] of ids.entries()) {
      await page.goto(`/?open=${id}`);
      await page.locator(`section a[title="${id}"]`).waitFor();
      await page.keyboard.press('e');
      await page.getByRole('button', { name: 'Discard the changes' }).waitFor();
      await page.getByLabel('constructor').or(page.locator('[id="edit_constructor"]')).first().waitFor();
      await check();
      await page.goto(`/actions/${id}`);
      await page.getByRole('heading', { name: 'What happened' }).waitFor();
      await check();
      if (at > 0) continue;
      await page.goto(`/?open=${id}`);
      for (const key of ['r', 'h', 's', 'ControlOrMeta+k']) {
        await page.locator(`section a[title="${id}"]`).waitFor();
        await page.keyboard.press(key);
        await page.getByRole('dialog').waitFor();
        await check();
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
      }
    }
    const { agent_id } = await read(office, others[0]);
    for (const [address, heading] of [
      [`/actions/${lost}`, 'What happened'],
      [`/actions/${rejected}`, 'What happened'],
      ['/actions', 'All actions'],
      ['/unknown', 'Outcome unknown'],
      ['/insight', 'Insight'],
      ['/settings', 'Agents'],
      [`/review?type=create_task&agent=${agent_id}&run=${run_id}`, 'tasks'],
    ] as const) {
      await page.goto(address);
      await page.getByRole('heading', { name: heading }).first().waitFor();
      await page.getByText(/^(?:Loading|Reading)/).waitFor({ state: 'hidden' });
      await check();
    }
  }, 120_000);

  it('shows what a reader would not see, wherever a card has a text', async () => {
    const office = await inbox.office();
    const { page, reviewer } = office;
    const UNSEEN = '\u202Egnp\u202C pay\u200Bpal \u2066x\u2069\uFEFF';
    await reviewer('PATCH', `/v1/agents/${formatId('agent', office.agentId)}`, { name: `Outreach ${UNSEEN}` });
    await reviewer('POST', '/v1/tools', {
      name: 'shop.refund',
      url: 'https://tools.example.com/refund',
      input_schema: { type: 'object' },
    });
    const run = await office.agent<{ run: { run_id: string } }>('POST', `/v1/agents/${office.agentId}/runs`, {});
    const { run_id } = run.body.run;
    const alike = Array.from({ length: 6 }, (_, at) => ({
      ...task(`Quote ${at} ${UNSEEN}`, { description: `Seats: ${at} ${UNSEEN}` }),
      description: UNSEEN,
      run_id,
    }));
    const [tool = '', question = '', first = ''] = await propose(
      office,
      {
        type: 'shop.refund',
        params: { [`a${UNSEEN}`]: UNSEEN, list: [UNSEEN, { deep: UNSEEN }] },
        description: UNSEEN,
      },
      { type: 'escalate_to_human', params: { reason: UNSEEN, options: [UNSEEN, 'No'] } },
      ...alike,
    );
    for (const id of [tool, question, first])
      await reviewer('POST', `/v1/actions/${id}/comments`, { comment: `Why ${UNSEEN}` });
    const { agent_id } = await read(office, first);
    for (const address of [
      `/?open=${tool}`,
      `/?open=${question}`,
      `/?open=${first}`,
      `/actions/${tool}`,
      `/review?type=create_task&agent=${agent_id}&run=${run_id}`,
    ]) {
      await page.goto(address);
      await page.getByText('⟨U+202E⟩gnp').filter({ visible: true }).first().waitFor();
      await page.getByText(/^(?:Loading|Reading)/).waitFor({ state: 'hidden' });
      await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
      const unseen = `[...document.querySelectorAll('body *')].filter((one) =>
        [...one.childNodes].some((node) => node.nodeType === 3 && /[\\u202E\\u202C\\u200B\\u2066\\u2069\\uFEFF]/.test(node.data))).map((one) => one.outerHTML)`;
      expect([address, await page.evaluate(unseen)]).toEqual([address, []]);
    }
  });
});
