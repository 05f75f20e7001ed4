// Reads the bytes of a body and stops at the first byte over the limit. Held by input.test.ts and budget.test.ts.
import { createBrotliDecompress, createGunzip, createInflate, type BrotliDecompress, type Gunzip } from 'node:zlib';
import { AppError } from '@proviso/core';
import type { Request } from 'express';
import type { BodyMemory } from './body-memory.ts';

/** No honest body expands more than this. A body that decompresses to less than RATIO_FREE_BYTES is not checked. */
const RATIO_MAX = 200;
const RATIO_FREE_BYTES = 1024 * 1024;

const DECOMPRESSORS: Record<string, () => Gunzip | BrotliDecompress> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The decompressed body. Throws PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID. */
export async function readBytes(req: Request, bytesMax: number, memory: BodyMemory): Promise<Buffer> {
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompressor = encoding === 'identity' ? undefined : DECOMPRESSORS[encoding]?.();
  if (encoding !== 'identity' && !decompressor)
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body uncompressed, or compressed once with Content-Encoding gzip, deflate or br.',
    );
  if (Number(req.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  try {
    return await (decompressor
      ? decompress(req, decompressor, { bytesMax, memory })
      : collect(req.iterator(LEFT_OPEN), { bytesMax, memory }));
  } catch (error) {
    req.resume(); // drain the rest: the caller reads the reply only after everything is sent
    if (error instanceof AppError) throw error;
    throw new AppError(
      'INVALID',
      req.destroyed ? 'The request was cut off. Send it again.' : `The body is not valid ${encoding}.`,
    );
  }
}

/** A caller that sent too much still gets a reply, so the connection stays open. */
const LEFT_OPEN = { destroyOnReturn: false };

const tooLarge = (bytesMax: number): AppError =>
  new AppError('PAYLOAD_TOO_LARGE', `The body is larger than the ${bytesMax / 1024} KiB that this route accepts.`);

interface Bounds {
  bytesMax: number;
  memory: BodyMemory;
  /** Throws when there are too many bytes. */
  check?: (bytes: number) => void;
}

async function decompress(req: Request, decompressor: Gunzip | BrotliDecompress, bounds: Bounds): Promise<Buffer> {
  let packed = 0;
  const count = (chunk: Buffer): void => {
    packed += chunk.length;
    if (packed > bounds.bytesMax) decompressor.destroy(tooLarge(bounds.bytesMax)); // even if it decompresses to nothing
  };
  const cutOff = (error: Error): void => void decompressor.destroy(error);
  req.on('data', count).once('error', cutOff).pipe(decompressor);
  try {
    const check = (bytes: number): void => {
      if (bytes > RATIO_FREE_BYTES && bytes > packed * RATIO_MAX)
        throw new AppError('PAYLOAD_TOO_LARGE', `The body decompresses to more than ${RATIO_MAX} times its size.`);
    };
    return await collect(decompressor, { ...bounds, check });
  } finally {
    req.off('data', count).off('error', cutOff).unpipe(decompressor);
    decompressor.destroy();
  }
}

async function collect(from: AsyncIterable<Buffer>, { bytesMax, memory, check }: Bounds): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of from) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    check?.(bytes);
    memory.reserve(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
