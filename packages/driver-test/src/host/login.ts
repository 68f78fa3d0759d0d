import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Credentials } from "@libvirt-ts/rpc/client";
import type { NodeUser } from "./node-file.ts";

/** Asks who comes. */
export type Login = () => Promise<Credentials> | Credentials;

/**
 * Lets in who is known and gives the password, if one is wanted.
 * @throws VirError AUTH_FAILED; INVALID_ARG when there is nobody to ask
 */
export async function requireLogin(users: readonly NodeUser[], login: Login | undefined): Promise<void> {
  if (!login)
    throw new VirError(ErrorDomain.AUTH, ErrorCode.INVALID_ARG, "Missing authentication credentials");
  const { user, password } = await login();
  const known = users.find(({ name }) => name === user);
  if (known && (known.password === undefined || known.password === password)) return;
  const detail = "authentication failed, see test XML for the correct username/password";
  throw new VirError(ErrorDomain.TEST, ErrorCode.AUTH_FAILED, detail);
}
