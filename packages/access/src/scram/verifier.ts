import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { prepare } from "./prepare.ts";

/** The only hash we speak. */
export const hash = "sha256";
export const mechanism = "SCRAM-SHA-256";

/** What a server knows of a password: enough to check it, not to log in with it. */
export interface Verifier {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** As many as clients built on Cyrus SASL take part in. */
const defaultIterations = 65_536;

export const hmac = (key: Uint8Array, data: string | Uint8Array): Buffer =>
  createHmac(hash, key).update(data).digest();
export const digest = (data: Uint8Array): Buffer => createHash(hash).update(data).digest();

/** The hash of the password that client and server keys come from. Slow on purpose, off the event loop. */
export async function saltedPassword(
  password: string,
  { salt, iterations }: Pick<Verifier, "salt" | "iterations">,
): Promise<Buffer> {
  return promisify(pbkdf2)(await prepare(password), salt, iterations, 32, hash);
}

/** @throws Error for a password with characters that none can have */
export async function makeVerifier(
  password: string,
  { salt = randomBytes(16), iterations = defaultIterations }: Partial<Verifier> = {},
): Promise<Verifier> {
  const salted = await saltedPassword(password, { salt, iterations });
  return {
    salt,
    iterations,
    storedKey: digest(hmac(salted, "Client Key")),
    serverKey: hmac(salted, "Server Key"),
  };
}

/** What a user who does not exist is challenged with: looks the same each time, and no password fits. */
export function decoy(name: string, secret: Uint8Array): Verifier {
  const salt = hmac(secret, name).subarray(0, 16);
  return { salt, iterations: defaultIterations, storedKey: randomBytes(32), serverKey: randomBytes(32) };
}
