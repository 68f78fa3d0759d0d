import type { SavedTraffic } from "../connection.ts";
import type { PeerCredentials } from "./types.ts";

/** A connection as plain JSON, for another image of this process; the descriptors in it stay open across exec. */
export interface SavedConnection {
  readonly id: string;
  readonly peer: PeerCredentials;
  readonly readOnly: boolean;
  readonly socketPath: string;
  /** Milliseconds since 1970. */
  readonly connectedAtMs: number;
  readonly traffic: SavedTraffic;
}

/** Every descriptor a saved connection needs. */
export function descriptorsOf({ fd, unsent }: SavedTraffic): number[] {
  return [fd, ...unsent.flatMap((chunk) => (chunk.fd < 0 ? [] : [chunk.fd]))];
}
