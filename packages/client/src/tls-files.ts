import { access } from "node:fs/promises";
import { join } from "node:path";
import { readCredentials, type TlsCredentials } from "@libvirt-ts/rpc/net";
import type { Place } from "./socket-path.ts";
import type { Plan } from "./uri.ts";

/** Where the certificates of clients are: together in one directory, or at the places of the system. */
const together = (directory: string) => ({
  caFile: join(directory, "cacert.pem"),
  certFile: join(directory, "clientcert.pem"),
  keyFile: join(directory, "clientkey.pem"),
});
const systemFiles = {
  caFile: "/etc/pki/CA/cacert.pem",
  certFile: "/etc/pki/libvirt/clientcert.pem",
  keyFile: "/etc/pki/libvirt/private/clientkey.pem",
};

/**
 * Our certificate and the authority: of `pkipath`, of the user, or of the system, each as a whole.
 * @throws VirError SYSTEM_ERROR for files that cannot be read
 */
export async function clientCertificates({ params }: Plan, { uid, env }: Place): Promise<TlsCredentials> {
  if (params.pkipath !== undefined) return readCredentials(together(params.pkipath));
  const own = env.HOME && together(join(env.HOME, ".pki/libvirt"));
  if (uid > 0 && own && (await isThere(own.caFile)) && (await isThere(own.certFile)))
    return readCredentials(own);
  return readCredentials(systemFiles);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
