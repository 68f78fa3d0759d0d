interface Kept {
  revision: number;
  readonly replies: Map<string, Uint8Array>;
}

/**
 * Encoded replies about single objects, kept while an object's revision stays. All of them are dropped when they
 * have grown beyond a limit: what is asked for again is made again.
 */
export class ObjectReplies<T extends object> {
  readonly #maxBytes: number;
  #kept = new WeakMap<T, Kept>();
  #bytes = 0;

  /** @param maxBytes of all replies together */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * @param revision grows with every change of what the replies show
   * @param key what a reply depends on besides, say the flags of the call
   */
  get(object: T, revision: number, key: string, make: () => Uint8Array): Uint8Array {
    const kept = this.#keptOf(object, revision);
    const known = kept.replies.get(key);
    if (known) return known;
    const reply = make();
    kept.replies.set(key, reply);
    this.#bytes += reply.length;
    if (this.#bytes > this.#maxBytes) {
      this.#kept = new WeakMap();
      this.#bytes = 0;
    }
    return reply;
  }

  #keptOf(object: T, revision: number): Kept {
    const known = this.#kept.get(object);
    if (known?.revision === revision) return known;
    const kept: Kept = { revision, replies: new Map() };
    this.#kept.set(object, kept);
    return kept;
  }
}
