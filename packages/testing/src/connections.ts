import { createHook } from 'node:async_hooks';
import net from 'node:net';

/** Ways out of a process other than TCP: pipes, datagrams, direct DNS queries, programs. */
const OTHER_WAYS = ['PIPECONNECTWRAP', 'UDPWRAP', 'UDPSENDWRAP', 'QUERYWRAP', 'PROCESSWRAP'];
/** The only module of the executors that may connect. */
const GUARD = /[/\\]executors[/\\](?:src|dist)[/\\]egress[/\\]socket\.[jt]s/;

export interface WatchedConnections {
  /** How many connections the guard has opened. */
  guarded(): number;
  /** What else left the process, and from where. */
  others(): string[];
  stop(): void;
}

/** Watches every connection that this process opens from now on, whatever library opens it. */
export function watchConnections(): WatchedConnections {
  let guarded = 0;
  const others: string[] = [];
  const connect = Reflect.get(net.Socket.prototype, 'connect');
  net.Socket.prototype.connect = function watched(this: net.Socket, ...given: unknown[]) {
    const stack = stackHere();
    if (GUARD.test(stack)) guarded += 1;
    else others.push(`a connection: ${stack}`);
    return Reflect.apply(connect, this, given);
  } as typeof connect;
  const hook = createHook({
    init(_id, type) {
      if (OTHER_WAYS.includes(type)) others.push(`${type}: ${stackHere()}`);
    },
  }).enable();
  return {
    guarded: () => guarded,
    others: () => others,
    stop() {
      net.Socket.prototype.connect = connect;
      hook.disable();
    },
  };
}

function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack = '' } = new Error('here');
  Error.stackTraceLimit = limit;
  return stack;
}
