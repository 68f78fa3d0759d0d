import type { ProxyDaemonKeys, Values } from "@libvirt-ts/config";
import type { Native } from "@libvirt-ts/native";
import type { ListenOptions } from "@libvirt-ts/rpc/server";
import type { ListenFds } from "./listen-fds.ts";
import type { Paths } from "./paths.ts";
import type { BoundSocket, SocketRole } from "./sockets.ts";

/** What the configuration says about TCP and TLS. */
export interface NetworkSettings {
  /** A number or a service's name; absent: not listened on. */
  readonly tcpPort?: string | undefined;
  readonly tlsPort?: string | undefined;
  /** Absent: every address. */
  readonly address?: string | undefined;
  readonly tls: {
    readonly keyFile?: string | undefined;
    readonly certFile?: string | undefined;
    readonly caFile?: string | undefined;
    readonly crlFile?: string | undefined;
    readonly checkOwn: boolean;
    readonly verifyPeer: boolean;
    readonly allowedNames?: readonly string[] | undefined;
  };
}

export function networkSettings(values: Values<ProxyDaemonKeys>): NetworkSettings {
  return {
    tcpPort: values.listen_tcp ? values.tcp_port : undefined,
    tlsPort: values.listen_tls ? values.tls_port : undefined,
    address: values.listen_addr,
    tls: {
      keyFile: values.key_file,
      certFile: values.cert_file,
      caFile: values.ca_file,
      crlFile: values.crl_file,
      checkOwn: !values.tls_no_sanity_certificate,
      verifyPeer: !values.tls_no_verify_certificate,
      allowedNames: values.tls_allowed_dn_list,
    },
  };
}

/** The sockets of one daemon on the network; only one daemon needs their code (`@libvirt-ts/daemon/network`). */
export interface NetworkDoors {
  /**
   * Takes the sockets that the service manager brought; without any brought, binds those configured.
   * @throws StartFailure `network`
   */
  open(brought: ListenFds | undefined, o: { name: string; backlog?: number | undefined }): BoundSocket[];
  /** Reads the certificates if somebody may come by TLS. @throws StartFailure `network` */
  prepare(sockets: readonly BoundSocket[]): Promise<void>;
  /** New files for clients to come. @throws VirError, and the former ones stay in use */
  readonly reload: () => Promise<void>;
  listenOptions(role: SocketRole): ListenOptions;
}

export type NetworkConstructor = new (
  settings: NetworkSettings,
  paths: Paths,
  native: Native,
) => NetworkDoors;
