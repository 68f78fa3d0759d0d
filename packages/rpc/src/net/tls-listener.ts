import { constants } from "node:crypto";
import { Socket as NetSocket } from "node:net";
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from "node:tls";
import type { Secured } from "../server/types.ts";
import { shellPattern } from "../shell-pattern.ts";
import { distinguishedName } from "./distinguished-name.ts";
import { streamSocket } from "./stream-socket.ts";
import type { TlsCredentials } from "./tls-credentials.ts";

export interface TlsPolicy {
  /** Clients must show a certificate of the CA; false asks for one and takes anything. */
  readonly verifyPeer: boolean;
  /** Shell patterns of distinguished names let in ("C=GB,O=Example,CN=*"); absent lets all in, empty nobody. */
  readonly allowedNames?: readonly string[];
}

/** Tells the client, inside TLS, that its certificate was accepted. */
const welcome = Uint8Array.of(1);

/**
 * The server's side of TLS: `secure` is for `ListenOptions.secure`.
 * differs: ciphers are Node's defaults, TLS 1.2 and newer; GnuTLS's priority strings are not known.
 */
export class TlsListener {
  readonly #server: Server;
  readonly #policy: TlsPolicy;
  readonly #allowed: readonly RegExp[] | undefined;
  /** Handshakes by the addresses of both ends. */
  readonly #waiting = new Map<string, (socket: TLSSocket) => void>();

  /** @throws Error from OpenSSL for files that it does not understand */
  constructor(credentials: TlsCredentials, policy: TlsPolicy) {
    this.#policy = policy;
    this.#allowed = policy.allowedNames?.map(shellPattern);
    this.#server = createServer({ ...contextOf(credentials), requestCert: true, rejectUnauthorized: false });
    this.#server.on("secureConnection", (socket) => this.#waiting.get(connectionKey(socket))?.(socket));
  }

  /** New files for clients to come. @throws Error; the former ones stay in use */
  reload(credentials: TlsCredentials): void {
    this.#server.setSecureContext(contextOf(credentials));
  }

  readonly secure = async (fd: number, signal: AbortSignal): Promise<Secured> => {
    const socket = await this.#shakeHands(new NetSocket({ fd, readable: true, writable: true }), signal);
    try {
      const name = this.#checkPeer(socket);
      socket.write(welcome);
      return { open: streamSocket(socket), ...(name !== undefined && { x509DistinguishedName: name }) };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  };

  async #shakeHands(socket: NetSocket, signal: AbortSignal): Promise<TLSSocket> {
    const key = connectionKey(socket);
    const abort = () => socket.destroy();
    signal.addEventListener("abort", abort);
    let failure: Error | undefined;
    const onClientError = (error: Error, broken: TLSSocket) => {
      if (connectionKey(broken) === key) failure = error;
    };
    this.#server.on("tlsClientError", onClientError);
    this.#server.setMaxListeners(0);
    try {
      return await new Promise<TLSSocket>((resolve, reject) => {
        this.#waiting.set(key, resolve);
        socket.once("close", () =>
          reject(signal.aborted ? signal.reason : (failure ?? new Error("hung up"))),
        );
        socket.on("error", (error) => {
          failure ??= error;
        });
        this.#server.emit("connection", socket);
        if (signal.aborted) abort();
      });
    } finally {
      this.#waiting.delete(key);
      this.#server.off("tlsClientError", onClientError);
      signal.removeEventListener("abort", abort);
    }
  }

  /** @returns the name in the client's certificate, if it has shown one. @throws Error */
  #checkPeer(socket: TLSSocket): string | undefined {
    const certificate = socket.getPeerX509Certificate();
    const name = certificate === undefined ? undefined : distinguishedName(certificate.subject);
    if (!this.#policy.verifyPeer) return name;
    if (!socket.authorized || name === undefined) {
      throw new Error(`client certificate of ${name ?? "nobody"} refused: ${socket.authorizationError}`);
    }
    if (this.#allowed !== undefined && !this.#allowed.some((pattern) => pattern.test(name))) {
      throw new Error(`distinguished name ${name} is not on the list of those allowed`);
    }
    return name;
  }
}

/** Sessions are never resumed: each client is looked at by the rules and revocations of today. */
const contextOf = ({ cert, key, ca, crl }: TlsCredentials): SecureContextOptions => ({
  cert,
  key,
  ca,
  ...(crl !== undefined && { crl }),
  minVersion: "TLSv1.2",
  secureOptions: constants.SSL_OP_NO_TICKET,
});

const connectionKey = ({ remoteAddress, remotePort, localAddress, localPort }: NetSocket) =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
