/** A reply body that is encoded already. */
export class Encoded {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Marks `bytes` as a ready-made reply body. They are not copied when long: do not change them afterwards. */
export const encoded = (bytes: Uint8Array): Encoded => new Encoded(bytes);
