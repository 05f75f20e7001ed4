import { pino, type Logger } from 'pino';

const MESSAGE_CHARS_MAX = 500;

/**
 * Limits what a log may contain of an error: those of pg, Prisma and ioredis hold statements, parameters and whole
 * payloads.
 */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack } = error;
  const { code } = error as { code?: unknown };
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { type: name, message: message.slice(0, MESSAGE_CHARS_MAX), code, stack: frames?.join('\n') };
}

/** A process's log: JSON lines on standard output, without secrets. */
export const openLog = (name: string, level: string): Logger =>
  pino({
    name,
    level,
    serializers: { err: serializeError },
    redact: ['req.headers.authorization', 'req.headers.cookie'],
  });
