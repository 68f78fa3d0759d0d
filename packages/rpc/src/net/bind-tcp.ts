import { isIPv6 } from "node:net";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { type Native, native as systemNative } from "@libvirt-ts/native";

export interface TcpAddress {
  /** Numeric; "0.0.0.0" and "::" are all addresses of their kind. */
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** Connections that may wait to be accepted. */
  readonly backlog: number;
}

/**
 * A listening TCP socket, for `Server.listen`. IPv6 sockets take IPv6 only, so that both kinds can share a port.
 * @throws VirError SYSTEM_ERROR "Unable to bind to 'ADDRESS:PORT': ..."
 */
export function bindTcp(
  { address, port, backlog }: TcpAddress,
  native: Native = systemNative,
): { fd: number; port: number } {
  const isV6 = isIPv6(address);
  const fd = native.socketInet(isV6 ? "inet6" : "inet");
  const check = (result: number, what: string) => {
    if (result >= 0) return;
    if (fd >= 0) native.close(fd);
    throw systemError(ErrorDomain.RPC, -result, what);
  };
  check(fd, "Unable to create socket");
  check(native.setSocketOption(fd, "reuseAddress"), "Unable to enable address reuse");
  check(native.setSocketOption(fd, "noDelay"), "Unable to disable Nagle's algorithm"); // holds for the accepted
  if (isV6) check(native.setSocketOption(fd, "v6Only"), "Unable to restrict a socket to IPv6");
  check(native.bindInet(fd, address, port), `Unable to bind to '${address}:${port}'`);
  check(native.listen(fd, backlog), `Unable to listen on '${address}:${port}'`);
  const name = native.getSockName(fd);
  return { fd, port: typeof name === "number" ? port : (name.port ?? port) };
}
