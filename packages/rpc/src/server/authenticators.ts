import type { Authority } from "@libvirt-ts/access/polkit";
import type { FindVerifier } from "@libvirt-ts/access/scram";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { shellPattern } from "../shell-pattern.ts";
import { processStartTime } from "./process-start-time.ts";
import type { Authenticator, Client } from "./types.ts";

export interface PolkitOptions {
  /** Who decides; made by the first client that asks. */
  readonly authority: () => Promise<Authority>;
  /** @returns undefined if there is no such process */
  readonly startTime?: (pid: number) => bigint | undefined;
}

/** Asks polkit for `org.libvirt.unix.manage`, or `monitor` on a read-only socket. */
export function polkitAuthenticator({
  authority,
  startTime = processStartTime,
}: PolkitOptions): Authenticator {
  return {
    method: "polkit",
    async check(client) {
      const { pid, uid } = client.peer;
      const started = startTime(pid);
      if (started === undefined) {
        throw new VirError(ErrorDomain.RPC, ErrorCode.AUTH_FAILED, `no process ${pid} to ask about`);
      }
      const { requireAuthorization } = await import("@libvirt-ts/access/polkit");
      await requireAuthorization(await authority(), {
        action: client.readOnly ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage",
        subject: { pid, uid, startTime: started },
        interactive: true,
      });
    },
  };
}

export interface SaslOptions {
  /** The password verifier of a user. */
  readonly find: FindVerifier;
  /** Shell patterns of names let in; empty lets all in. */
  readonly allowedUsers?: readonly string[];
  /** `tcp_min_ssf`: strength that plain TCP needs from a mechanism, in bits. */
  readonly tcpMinSsf?: number;
}

/** SCRAM encrypts nothing. */
const scramSsf = 0;
const defaultTcpMinSsf = 56;

/**
 * SASL with SCRAM-SHA-256. It has no security layer, so by the rule of `tcp_min_ssf` plain TCP is offered no
 * mechanism at all and nobody gets in there; UNIX sockets and TLS are safe by themselves.
 */
export function saslAuthenticator({
  find,
  allowedUsers = [],
  tcpMinSsf = defaultTcpMinSsf,
}: SaslOptions): Authenticator {
  const isSafe = ({ transport }: Client) => transport !== "tcp" || scramSsf >= tcpMinSsf;
  const patterns = allowedUsers.map(shellPattern);
  return {
    method: "sasl",
    mechanisms: (client) => (isSafe(client) ? ["SCRAM-SHA-256"] : []),
    async start() {
      const { ScramServer } = await import("@libvirt-ts/access/scram");
      const scram = new ScramServer(find);
      return {
        async step(data) {
          const answer = await scram.step(data);
          const { user } = scram;
          if (user === undefined) return { data: answer.data };
          if (patterns.length > 0 && !patterns.some((pattern) => pattern.test(user))) {
            throw new Error(`user "${user}" is not on the list of those allowed`);
          }
          return { data: answer.data, user };
        },
      };
    },
  };
}
