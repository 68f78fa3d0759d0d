import { randomBytes, timingSafeEqual } from "node:crypto";
import { attributes, decodeBase64, decodeName, ScramError } from "./attributes.ts";
import { decoy, digest, hmac, type Verifier } from "./verifier.ts";

/** A server's answer to what a client sent. */
export interface ServerStep {
  /** null: no data, which SASL tells from empty data. */
  readonly data: Uint8Array | null;
  /** The client is who it says; the data proves that we know its password too. */
  readonly complete: boolean;
}

export type FindVerifier = (name: string) => Promise<Verifier | undefined>;

/** Of this process: decoys stay the same while it runs. */
const decoySecret = randomBytes(32);

/**
 * The server's side of one SCRAM-SHA-256 exchange (RFC 5802, 7677), without channel binding.
 * After an error it is of no further use.
 */
export class ScramServer {
  readonly #find: FindVerifier;
  readonly #makeNonce: () => string;
  /** The message we wait for. */
  #next: (message: string) => ServerStep | Promise<ServerStep> = (message) => this.#onFirst(message);
  #user: string | undefined;
  #started = false;

  constructor(find: FindVerifier, makeNonce = () => randomBytes(18).toString("base64")) {
    this.#find = find;
    this.#makeNonce = makeNonce;
  }

  /** The name that was proven; undefined before. */
  get user(): string | undefined {
    return this.#user;
  }

  /** @param data null if the client starts without any. @throws ScramError */
  async step(data: Uint8Array | null): Promise<ServerStep> {
    if (data === null) {
      if (this.#started) throw new ScramError("no data");
      this.#started = true;
      return { data: null, complete: false };
    }
    this.#started = true;
    return this.#next(Buffer.from(data).toString());
  }

  async #onFirst(message: string): Promise<ServerStep> {
    this.#next = over;
    const { binding, header, bare } = splitFirst(message);
    if (binding !== "n" && binding !== "y") throw new ScramError("channel binding is not offered");
    const [name = "", clientNonce = ""] = attributes(bare, "nr");
    if (clientNonce === "") throw new ScramError("no nonce");
    const user = decodeName(name);
    const verifier = (await this.#find(user)) ?? decoy(user, decoySecret);
    const nonce = clientNonce + this.#makeNonce();
    const salt = Buffer.from(verifier.salt).toString("base64");
    const challenge = `r=${nonce},s=${salt},i=${verifier.iterations}`;
    this.#next = (last) => {
      this.#next = over;
      const proven = checkProof(last, { header, nonce, verifier, before: `${bare},${challenge}` });
      this.#user = user;
      return { data: Buffer.from(`v=${proven.toString("base64")}`), complete: true };
    };
    return { data: Buffer.from(challenge), complete: false };
  }
}

const over = (): never => {
  throw new ScramError("the exchange is over");
};

/** `n,,n=user,r=nonce`: the header ends behind the second comma. */
function splitFirst(message: string): { binding: string; header: string; bare: string } {
  const [, header = "", binding = "", bare] = /^(([^,]*),(?:a=[^,]*)?,)(.*)$/s.exec(message) ?? [];
  if (bare === undefined) throw new ScramError("bad first message");
  return { binding, header, bare };
}

interface Exchange {
  readonly header: string;
  readonly nonce: string;
  readonly verifier: Verifier;
  /** The messages so far, as they are signed. */
  readonly before: string;
}

/** @returns the server's signature. @throws ScramError */
function checkProof(last: string, { header, nonce, verifier, before }: Exchange): Buffer {
  const [binding = "", given] = attributes(last, "cr");
  if (decodeBase64(binding).toString() !== header || given !== nonce) throw new ScramError("other exchange");
  const cut = last.lastIndexOf(",p=");
  if (cut < 0) throw new ScramError("no proof");
  const proof = decodeBase64(last.slice(cut + 3));
  const signed = `${before},${last.slice(0, cut)}`;
  const signature = hmac(verifier.storedKey, signed);
  if (proof.length !== signature.length) throw new ScramError("bad proof");
  const clientKey = proof.map((byte, i) => byte ^ (signature[i] ?? 0));
  if (!timingSafeEqual(digest(clientKey), verifier.storedKey)) throw new ScramError("wrong password");
  return hmac(verifier.serverKey, signed);
}
