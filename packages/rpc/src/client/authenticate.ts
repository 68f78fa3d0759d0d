import type { Credentials } from "@libvirt-ts/access/scram";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { AuthType, remote } from "@libvirt-ts/protocol";
import type { RpcClient } from "./rpc-client.ts";

const { authList, authPolkit, authSaslInit, authSaslStart, authSaslStep } = remote.procs;

export interface AuthenticateOptions {
  /** Asked when the server wants a name and a password. */
  credentials?: () => Promise<Credentials> | Credentials;
}

/**
 * The first calls on a connection: proves who we are in the way the server wants.
 * @throws VirError AUTH_FAILED and its like, as the server or our own side says
 */
export async function authenticate(rpc: RpcClient, { credentials }: AuthenticateOptions = {}): Promise<void> {
  const { types } = await rpc.call(authList, undefined);
  if (types.length === 0 || types.includes(AuthType.NONE)) return;
  if (types.includes(AuthType.POLKIT)) await rpc.call(authPolkit, undefined);
  else if (types.includes(AuthType.SASL)) await saslLogin(rpc, credentials);
  else throw failed("unknown authentication type");
}

/** SCRAM-SHA-256, the only mechanism we know. */
async function saslLogin(rpc: RpcClient, ask: AuthenticateOptions["credentials"]): Promise<void> {
  const { mechlist } = await rpc.call(authSaslInit, undefined);
  const mech = "SCRAM-SHA-256";
  if (!mechlist.split(/[, ]/).includes(mech)) throw failed(`no SASL mechanism that both know (${mechlist})`);
  if (ask === undefined) throw failed("the server wants a name and a password");
  const { ScramClient, ScramError } = await import("@libvirt-ts/access/scram");
  const scram = new ScramClient(await ask());
  try {
    const challenge = await rpc.call(authSaslStart, { mech, nil: 0, data: scram.first() });
    const final = await rpc.call(authSaslStep, { nil: 0, data: await scram.prove(challenge.data) });
    scram.verify(final.data);
    if (final.complete === 0) await rpc.call(authSaslStep, { nil: 1, data: new Uint8Array(0) });
  } catch (error) {
    throw error instanceof ScramError ? failed(error.message, { cause: error }) : error;
  }
}

const failed = (detail: string, options?: ErrorOptions) =>
  new VirError(ErrorDomain.RPC, ErrorCode.AUTH_FAILED, detail, options);
