import type { ConformanceBackend, ConformanceFault } from '@proviso/testing/conformance';
import { httpFault, type HttpFake } from '@proviso/testing/providers/http-fake';

export type HttpBackend = HttpFake & ConformanceBackend;
type Allowed = ConformanceFault<HttpBackend>['allowed'];

interface Told {
  /** What is said when the effect is there and the answer was lost. */
  afterTaking: Allowed;
  /** What the provider may repeat, and nobody may read. */
  secret: string;
}

/** Nothing was done; a provider's own 409 stands in its subject. */
const REFUSALS = [301, 307, 400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 451];
/** It may have been done. */
const AMBIGUOUS = [303, 408, 500, 501, 502, 503, 504, 520];
const HTML = { 'content-type': 'text/html' };
const WORDS = 'No such order 4711';

/** What can happen to any request: the same for every provider behind HTTP. `path` is the effect's. */
export function faultsAt(path: string, { afterTaking, secret }: Told): ConformanceFault<HttpBackend>[] {
  const page = `<!DOCTYPE html><html><body>nginx ${secret}</body></html>`;
  const echo = { error: { message: `${WORDS}: "${secret}" ${JSON.stringify({ was: secret })}` } };
  const struck = (name: string, allowed: Allowed, fault: Parameters<HttpBackend['next']>[1]) => ({
    name,
    allowed,
    inject: (backend: HttpBackend) => backend.next(path, fault),
  });
  const hanging = (name: string, fault: Parameters<HttpBackend['next']>[1]) => ({
    name,
    allowed: ['retry'] as const,
    hangs: true,
    inject(backend: HttpBackend) {
      backend.next(path, fault);
      return { reached: backend.struck() };
    },
  });
  return [
    { name: 'nobody listens', allowed: ['retry'], inject: (backend) => backend.refuseConnections() },
    struck('the connection is reset before the request is read', ['retry'], httpFault.cutsUnread()),
    struck('the connection is reset before the request is taken', ['retry'], httpFault.cuts()),
    ...REFUSALS.flatMap((status) => [
      struck(`the answer is ${status}`, ['refused'], httpFault.answers(status)),
      struck(`a proxy answers ${status} with HTML`, ['refused'], httpFault.answers(status, page, HTML)),
    ]),
    ...AMBIGUOUS.flatMap((status) => [
      struck(`the answer is ${status}`, ['retry'], httpFault.answers(status)),
      struck(`a proxy answers ${status} with HTML`, ['retry'], httpFault.answers(status, page, HTML)),
      struck(`it is taken and a proxy answers ${status} with HTML`, afterTaking, {
        ...httpFault.answers(status, page, { ...HTML, 'retry-after': '7' }),
        takes: true,
      }),
    ]),
    struck('a proxy has too many requests', ['retry'], httpFault.answers(429, page, { ...HTML, 'retry-after': '7' })),
    struck('a proxy will not look at it yet', ['retry'], httpFault.answers(425, page, HTML)),
    struck('a proxy refuses it and its page breaks off', ['refused'], {
      ...httpFault.answers(403, page, HTML),
      ending: 'half',
    }),
    struck('a proxy answers 200 with HTML', ['retry', 'unknown'], httpFault.answers(200, page, HTML)),
    struck('the refusal is no object', ['refused'], httpFault.answers(422, 'null')),
    struck('the refusal is nested beyond measure', ['refused'], httpFault.answers(422, '['.repeat(100_000))),
    { ...struck('the refusal says why', ['refused'], httpFault.answers(422, { message: WORDS })), says: WORDS },
    { ...struck('the refusal repeats the secret', ['refused'], httpFault.answers(422, echo)), says: WORDS },
    struck('there were too many requests', ['retry'], httpFault.answers(429, {}, { 'retry-after': '7' })),
    struck('there were too many requests, for how long is not said', ['retry'], httpFault.answers(429)),
    struck('it is taken and the connection reset', afterTaking, httpFault.takesThenCuts()),
    struck('it is taken and the answer is half of one', afterTaking, httpFault.takesThenAnswersHalf()),
    struck('it is taken and the answer is 500', afterTaking, { ...httpFault.answers(500), takes: true }),
    hanging('nothing is answered', httpFault.hangs()),
    hanging('it is taken and nothing is answered', httpFault.takesThenHangs()),
    {
      name: 'it is taken and answered late',
      allowed: ['done'],
      inject(backend) {
        const late = backend.struck().then(() => new Promise<void>((resolve) => setImmediate(resolve)));
        backend.next(path, httpFault.takesThenAnswersLate(late));
      },
    },
  ];
}
