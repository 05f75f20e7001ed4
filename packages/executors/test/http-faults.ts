import type { ConformanceBackend, ConformanceFault } from '@proviso/testing/conformance';
import { httpFault, type HttpFake } from '@proviso/testing/http-fake';

export type HttpBackend = HttpFake & ConformanceBackend;
type Allowed = ConformanceFault<HttpBackend>['allowed'];

/** What can happen to any request: the same for every provider behind HTTP. `path` is the effect's. */
export function faultsAt(path: string, { afterTaking }: { afterTaking: Allowed }): ConformanceFault<HttpBackend>[] {
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
    struck('the answer is 500', ['retry'], httpFault.answers(500)),
    struck('the answer is 503', ['retry'], httpFault.answers(503)),
    struck('there were too many requests', ['retry'], httpFault.answers(429, {}, { 'retry-after': '7' })),
    struck('there were too many requests, for how long is not said', ['retry'], httpFault.answers(429)),
    struck('the answer is 400', ['refused'], httpFault.answers(400)),
    struck('the answer is 404', ['refused'], httpFault.answers(404)),
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
