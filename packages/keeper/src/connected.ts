import type { Native } from "@libvirt-ts/native";

/** @returns the socket, or a negative errno; the socket is closed then */
export function connected(native: Native, socket: number, path: string): number {
  if (socket < 0) return socket;
  native.setNonBlocking(socket, true);
  const rc = native.connectUnix(socket, path);
  if (rc >= 0) return socket;
  native.close(socket);
  return rc;
}
