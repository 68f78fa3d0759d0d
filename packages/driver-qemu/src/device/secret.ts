import { createCipheriv } from "node:crypto";
import type { Props, Resources } from "../command/types.ts";

/**
 * A `secret` object: the value encrypted with the guest's master key, so that command line and log may show it.
 * @param value plain bytes
 */
export function secretProps(
  id: string,
  value: Uint8Array,
  { masterKey, random }: Pick<Resources, "masterKey" | "random">,
): Props {
  const iv = random(16);
  const cipher = createCipheriv("aes-256-cbc", masterKey, iv);
  const data = Buffer.concat([cipher.update(value), cipher.final()]).toString("base64");
  return {
    "qom-type": "secret",
    id,
    data,
    keyid: "masterKey0",
    iv: Buffer.from(iv).toString("base64"),
    format: "base64",
  };
}

export interface TlsCreds {
  id: string;
  dir: string;
  listen: boolean;
  verifyPeer: boolean;
  /** Id of the secret object with the key's passphrase. */
  passwordId?: string | undefined;
}

export const tlsCredsProps = ({ id, dir, listen, verifyPeer, passwordId }: TlsCreds): Props => ({
  "qom-type": "tls-creds-x509",
  id,
  dir,
  endpoint: listen ? "server" : "client",
  // A client has no choice: it must know whom it talks to.
  "verify-peer": !listen || verifyPeer,
  passwordid: passwordId,
});
