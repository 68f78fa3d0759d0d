/**
 * Encoded replies that stay valid as long as a version does: a list of 1000 objects is then one copy.
 * @typeParam K what a reply depends on besides the version, say the flags of the call
 */
export class ReplyCache<K> {
  readonly #version: () => number;
  readonly #replies = new Map<K, Uint8Array>();
  #of = -1;

  /** @param version grows with every change of what the replies show */
  constructor(version: () => number) {
    this.#version = version;
  }

  get(key: K, make: () => Uint8Array): Uint8Array {
    const version = this.#version();
    if (version !== this.#of) {
      this.#replies.clear();
      this.#of = version;
    }
    let reply = this.#replies.get(key);
    if (!reply) {
      reply = make();
      this.#replies.set(key, reply);
    }
    return reply;
  }
}
