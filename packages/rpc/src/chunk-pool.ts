/** Holds a stream packet of the usual greatest size, header included. */
const chunkSize = 266_240;
const maxSpare = 4;
/** Shorter ones are cheaper made than kept. */
const pooledFrom = 16_384;

const spare: ArrayBuffer[] = [];

/** @returns `length` bytes of any content, perhaps used before */
export function takeChunk(length: number): Buffer {
  if (length > chunkSize || length < pooledFrom) return Buffer.allocUnsafeSlow(length);
  return Buffer.from(spare.pop() ?? new ArrayBuffer(chunkSize), 0, length);
}

/** The bytes of `takeChunk` are not looked at any more. */
export function giveChunk(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunkSize && spare.length < maxSpare) {
    spare.push(buffer);
  }
}
