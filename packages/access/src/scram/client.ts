import { randomBytes, timingSafeEqual } from "node:crypto";
import { attributes, decodeBase64, encodeName, ScramError } from "./attributes.ts";
import { digest, hmac, saltedPassword } from "./verifier.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A server may not ask for less: it would be after the password. */
const minIterations = 4_096;
/** Nor keep us busy forever. */
const maxIterations = 10_000_000;
const header = "n,,";

/** The client's side of one SCRAM-SHA-256 exchange (RFC 5802, 7677). */
export class ScramClient {
  readonly #credentials: Credentials;
  readonly #nonce: string;
  #serverSignature: Buffer | undefined;

  constructor(credentials: Credentials, nonce = randomBytes(18).toString("base64")) {
    this.#credentials = credentials;
    this.#nonce = nonce;
  }

  /** What goes with the start of the exchange. */
  first(): Uint8Array {
    return Buffer.from(header + this.#bare);
  }

  /** @returns the proof, for the server's first message. @throws ScramError */
  async prove(challenge: Uint8Array): Promise<Uint8Array> {
    const message = Buffer.from(challenge).toString();
    const [nonce = "", salt = "", count = ""] = attributes(message, "rsi");
    const iterations = Number(count);
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) throw new ScramError("other exchange");
    if (!(iterations >= minIterations && iterations <= maxIterations))
      throw new ScramError(`${count} iterations`);
    const salted = await saltedPassword(this.#credentials.password, { salt: decodeBase64(salt), iterations });
    const last = `c=${Buffer.from(header).toString("base64")},r=${nonce}`;
    const signed = `${this.#bare},${message},${last}`;
    const clientKey = hmac(salted, "Client Key");
    const signature = hmac(digest(clientKey), signed);
    this.#serverSignature = hmac(hmac(salted, "Server Key"), signed);
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
    return Buffer.from(`${last},p=${proof.toString("base64")}`);
  }

  /** The server must know the password too. @throws ScramError */
  verify(final: Uint8Array): void {
    const [value = ""] = attributes(Buffer.from(final).toString(), "v");
    const given = decodeBase64(value);
    const expected = this.#serverSignature;
    if (expected === undefined || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new ScramError("the server does not know the password");
    }
  }

  get #bare(): string {
    return `n=${encodeName(this.#credentials.user)},r=${this.#nonce}`;
  }
}
