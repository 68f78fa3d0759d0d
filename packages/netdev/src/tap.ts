import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";

/** What making taps needs of the system. */
export type TapCalls = Pick<
  Native,
  "tunCreate" | "close" | "ifIndex" | "ifMtu" | "ifSetMac" | "ifSetMtu" | "ifSetUp" | "bridgeAddIf"
>;

export interface TapRequest {
  /** Absent: a tap that is no port of any. */
  bridge?: string;
  /** The tap is somebody else's, who has set it up: it is only opened. */
  isForeign?: boolean;
  /** The guest's address; the tap gets the same with `fe` in front. */
  mac: string;
  /** Packets carry offload headers (virtio models). */
  vnetHdr: boolean;
  /** More than one makes a multi-queue tap; default 1. */
  queues?: number;
  /** Default: the bridge's, or the kernel's. */
  mtu?: number;
  /** A name, or a template with one `%d`; default `vnet%d` with a number never used before. */
  name?: string;
}

export interface Tap {
  name: string;
  /** One a queue, to be handed to the guest. The tap goes with the last of them. */
  fds: number[];
}

const defaultTemplate = "vnet%d";
const firstTries = 65536;

/**
 * Makes taps on bridges. Numbers of the default names only grow, so that a name in a log means one guest;
 * names of taps that exist are passed over.
 */
export class Taps {
  readonly #native: TapCalls;
  #next = 0;

  constructor(native: TapCalls) {
    this.#native = native;
  }

  /** A guest that runs already has this name: later ones get higher numbers. */
  reserve(name: string): void {
    const number = /^vnet(\d+)$/.exec(name)?.[1];
    if (number !== undefined) this.#next = Math.max(this.#next, Number(number) + 1);
  }

  /**
   * A tap that is up, and a port of its bridge if it has one.
   * @throws VirError SYSTEM_ERROR; nothing is left behind
   */
  create({ bridge, isForeign, mac, vnetHdr, queues = 1, mtu, name: wanted }: TapRequest): Tap {
    const native = this.#native;
    const name = this.#pickName(wanted);
    const fds: number[] = [];
    try {
      for (let queue = 0; queue < queues; queue++) {
        const made = native.tunCreate(name, { vnetHdr, multiQueue: queues > 1 });
        if (typeof made === "number") throw failed(-made, `Unable to create tap device ${name}`);
        fds.push(made.fd);
      }
      if (!isForeign) this.#setUp(name, { bridge, mac, mtu });
      return { name, fds };
    } catch (error) {
      for (const fd of fds) native.close(fd);
      throw error;
    }
  }

  #setUp(
    name: string,
    { bridge, mac, mtu }: Pick<TapRequest, "mac"> & { bridge?: string | undefined; mtu?: number | undefined },
  ): void {
    const native = this.#native;
    check(native.ifSetMac(name, tapMac(mac)), `Cannot set interface MAC to ${mac} on '${name}'`);
    const ofBridge = () =>
      bridge === undefined
        ? undefined
        : check(native.ifMtu(bridge), `Cannot get interface MTU on '${bridge}'`);
    const size = mtu ?? ofBridge();
    if (size !== undefined) check(native.ifSetMtu(name, size), `Cannot set interface MTU on '${name}'`);
    if (bridge !== undefined)
      check(native.bridgeAddIf(bridge, name), `Unable to add bridge ${bridge} port ${name}`);
    check(native.ifSetUp(name, true), `Cannot set interface '${name}' online`);
  }

  #pickName(wanted: string | undefined): string {
    if (wanted !== undefined && !wanted.includes("%d")) return wanted;
    const template = wanted ?? defaultTemplate;
    let number = template === defaultTemplate ? this.#next : 0;
    for (let tries = 0; tries < firstTries; tries++, number++) {
      const name = template.replace("%d", () => String(number));
      if (this.#native.ifIndex(name) > 0) continue;
      if (template === defaultTemplate) this.#next = number + 1;
      return name;
    }
    throw failed(17, `no free name for a tap device like ${template}`);
  }
}

/** `fe` in front is higher than any other bridge port's address: a bridge takes the lowest, never a tap's. */
export function tapMac(mac: string): Uint8Array {
  const bytes = Buffer.from(mac.replaceAll(":", ""), "hex");
  bytes[0] = 0xfe;
  return bytes;
}

const failed = (errno: number, what: string) => systemError(ErrorDomain.NONE, errno, what);

function check(result: number, what: string): number {
  if (result < 0) throw failed(-result, what);
  return result;
}
