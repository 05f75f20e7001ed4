import type { ActionEvent } from '@proviso/contracts';
import { clientOf, listen, until, type ReceivedEvent } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

const PROPOSALS = 120;

type Message = ReceivedEvent<ActionEvent>;
const isMove = ({ event }: Message): boolean => event.startsWith('action.');
const keyOf = ({ data: { event } }: Message): string => `${event.action_id} ${event.version}`;

describe('with two api processes', () => {
  const fleet = useFleet();

  it('a listener that moves between them, even across a kill and a restart, receives everything once', async () => {
    const token = await fleet.workspace.token({});
    const [first, second] = await Promise.all([fleet.startApi(), fleet.startApi()]);
    const owner = clientOf(second.url, token);
    const heard: Message[] = [];
    let last: string | undefined;

    const open = (url: string) => listen<ActionEvent>(`${url}/v1/events`, { token, lastEventId: last });
    /** Listens until it has this many events in all, or the stream ends; then hangs up. */
    const hear = async (listening: ReturnType<typeof open>, total: number): Promise<void> => {
      const listener = await listening;
      let over = false;
      void listener.ended.then(() => (over = true));
      const enough = (): boolean =>
        listener.heard.length > 0 && heard.length + listener.heard.filter(isMove).length >= total;
      await until(`${total} events`, () => enough() || over, 30_000);
      listener.close();
      await listener.ended;
      heard.push(...listener.heard.filter(isMove));
      last = listener.heard.at(-1)?.id ?? last;
    };

    await hear(open(first.url), 0);
    const proposing = (async () => {
      for (let index = 0; index < PROPOSALS; index += 1)
        await owner('POST', '/v1/actions', {
          type: 'escalate_to_human',
          identity_id: fleet.workspace.identityId,
          params: { reason: `${index}` },
        });
    })();
    await hear(open(first.url), 20);
    await hear(open(second.url), 40);
    const cut = await open(first.url);
    await first.kill();
    await hear(Promise.resolve(cut), PROPOSALS);
    await hear(open(second.url), 80);
    const again = await fleet.startApi();
    await proposing;
    await hear(open(again.url), PROPOSALS);

    const rows = await fleet.db.tables.action_events.findMany({ where: { workspace_id: fleet.workspace.id } });
    expect(rows).toHaveLength(PROPOSALS);
    expect(heard).toHaveLength(PROPOSALS);
    expect(new Set(heard.map(keyOf)).size).toBe(PROPOSALS);
    expect(heard.every(({ data }) => data.event.event === 'action.created')).toBe(true);
  }, 90_000);

  it('a stop ends the streams and does not wait for them', async () => {
    const api = await fleet.startApi();
    const listeners = await Promise.all(
      Array.from({ length: 5 }, async () => listen(`${api.url}/v1/events`, { token: await fleet.workspace.token({}) })),
    );
    const started = performance.now();
    expect(await api.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    await Promise.all(listeners.map(({ ended }) => ended));
  }, 30_000);
});
