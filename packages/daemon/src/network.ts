import { existsSync, readFileSync } from "node:fs";
import { VirError } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";
import { bindTcp, checkOwnCertificate, readCredentials, TlsListener } from "@libvirt-ts/rpc/net";
import type { ListenOptions } from "@libvirt-ts/rpc/server";
import type { ListenFds } from "./listen-fds.ts";
import type { NetworkDoors, NetworkSettings } from "./network-settings.ts";
import type { Paths } from "./paths.ts";
import { type BoundSocket, broughtSocket, type SocketRole } from "./sockets.ts";
import { ExitCode, StartFailure } from "./start-failure.ts";

const everyAddress = ["0.0.0.0", "::"] as const;
/** EAFNOSUPPORT, EADDRNOTAVAIL: there is no IPv6 here. */
const noIpv6: ReadonlySet<number> = new Set([97, 99]);
const defaultBacklog = 1_000;

/** Doors on the network: TCP and TLS. */
export class Network implements NetworkDoors {
  readonly #settings: NetworkSettings;
  readonly #paths: Paths;
  readonly #native: Native;
  #tls: TlsListener | undefined;

  constructor(settings: NetworkSettings, paths: Paths, native: Native) {
    this.#settings = settings;
    this.#paths = paths;
    this.#native = native;
  }

  open(brought: ListenFds | undefined, o: { name: string; backlog?: number | undefined }): BoundSocket[] {
    if (brought !== undefined) {
      return (["tcp", "tls"] as const).flatMap((role) =>
        broughtSocket(brought, { role, unit: `${o.name}-${role}.socket`, path: role }),
      );
    }
    const { tcpPort, tlsPort } = this.#settings;
    return [...this.#bind("tcp", tcpPort, o.backlog), ...this.#bind("tls", tlsPort, o.backlog)];
  }

  #bind(role: "tcp" | "tls", service: string | undefined, backlog = defaultBacklog): BoundSocket[] {
    if (service === undefined) return [];
    const { address } = this.#settings;
    const port = portOf(service);
    return (address === undefined ? everyAddress : [address]).flatMap((each) => {
      try {
        const { fd } = bindTcp({ address: each, port, backlog }, this.#native);
        return [{ role, path: `${each}:${port}`, fd, ownsFile: false }];
      } catch (error) {
        if (!(error instanceof VirError)) throw error;
        if (address === undefined && each === "::" && noIpv6.has(error.int1)) return [];
        throw new StartFailure(ExitCode.network, error.message, { cause: error });
      }
    });
  }

  async prepare(sockets: readonly BoundSocket[]): Promise<void> {
    if (!sockets.some(({ role }) => role === "tls")) return;
    const { verifyPeer, allowedNames } = this.#settings.tls;
    try {
      this.#tls = new TlsListener(await this.#credentials(), {
        verifyPeer,
        ...(allowedNames && { allowedNames }),
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new StartFailure(ExitCode.network, error.message, { cause: error }); // OpenSSL's complaints too
    }
  }

  readonly reload = async (): Promise<void> => {
    this.#tls?.reload(await this.#credentials());
  };

  listenOptions(role: SocketRole): ListenOptions {
    if (role === "tls" && this.#tls !== undefined) return { transport: "tls", secure: this.#tls.secure };
    return role === "tcp" ? { transport: "tcp" } : {};
  }

  async #credentials() {
    const { keyFile, certFile, caFile, crlFile, checkOwn } = this.#settings.tls;
    const at = (path: string) => `${this.#paths.prefix}/etc/pki/${path}`;
    const usualCrl = at("CA/cacrl.pem");
    const credentials = await readCredentials({
      caFile: caFile ?? at("CA/cacert.pem"),
      certFile: certFile ?? at("libvirt/servercert.pem"),
      keyFile: keyFile ?? at("libvirt/private/serverkey.pem"),
      crlFile: crlFile ?? (existsSync(usualCrl) ? usualCrl : undefined),
    });
    if (checkOwn) checkOwnCertificate(credentials, Date.now());
    return credentials;
  }
}

/** @throws StartFailure `config` for a service nobody knows */
export function portOf(service: string, services = () => readFileSync("/etc/services", "utf8")): number {
  if (/^\d+$/.test(service) && Number(service) <= 65_535) return Number(service);
  const found = services()
    .split("\n")
    .map((line) => /^(\S+)\s+(\d+)\/tcp(?:\s+([^#]*))?/.exec(line))
    .find((row) => row !== null && [row[1], ...(row[3] ?? "").split(/\s+/)].includes(service));
  if (found?.[2] !== undefined) return Number(found[2]);
  throw new StartFailure(ExitCode.config, `unknown service '${service}'`);
}
