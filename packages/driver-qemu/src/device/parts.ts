import type { Disk, DomainDef, Hostdev } from "@libvirt-ts/conf/domain";
import type { OptionValue } from "../command/text.ts";
import type { CommandContext, Props } from "../command/types.ts";

/** One thing QEMU is given for a device; plugging in hot sends the same things over QMP, in the same order. */
export type Part =
  | { kind: "object" | "blockdev" | "netdev" | "device" | "audiodev"; props: Props }
  | { kind: "add-fd"; set: number; fd: number; opaque: string }
  | {
      kind: "chardev";
      id: string;
      backend: string;
      options: readonly (readonly [key: string, value: OptionValue])[];
    }
  /** What exists only on the command line. */
  | { kind: "option"; args: readonly string[] };

export const objectPart = (props: Props): Part => ({ kind: "object", props });
export const devicePart = (props: Props): Part => ({ kind: "device", props });
export const optionPart = (...args: string[]): Part => ({ kind: "option", args });

/** Numbers the fd sets of one guest and remembers which descriptors the child needs. */
export class FdAllocator {
  readonly inherited: number[] = [];
  #nextSet: number;

  constructor(nextSet = 0) {
    this.#nextSet = nextSet;
  }

  /** The number the next set will have. */
  get nextSet(): number {
    return this.#nextSet;
  }

  /** A descriptor QEMU gets by number. */
  use(fd: number): number {
    this.inherited.push(fd);
    return fd;
  }

  /** A descriptor QEMU opens as a path. */
  set(fd: number, opaque: string): { part: Part; path: string } {
    const set = this.#nextSet++;
    this.inherited.push(fd);
    return { part: { kind: "add-fd", set, fd, opaque }, path: `/dev/fdset/${set}` };
  }
}

/** What every device builder may look at. */
export interface DeviceContext extends CommandContext {
  def: DomainDef;
  fds: FdAllocator;
  /** Files and listening sockets of chardevs are opened by us; false when only the text is wanted. */
  passFds: boolean;
  /** Order given by `<os><boot>`; see `bootIndexes`. */
  bootIndexes: ReadonlyMap<object, number>;
  /** Throttle filters on top of a disk, lowest first. */
  /** Node of a SCSI device of the host. */
  hostdevNode?: (hostdev: Hostdev) => string | undefined;
  filters?: (disk: Disk) => readonly { node: string; group: string }[];
}

/** The alias a device must have by now. */
export function aliasOf(device: { alias?: string | undefined }): string {
  if (device.alias === undefined)
    throw new Error("device without alias: aliases are assigned before props are built");
  return device.alias;
}

export const isX86 = (arch: string): boolean => arch === "x86_64" || arch === "i686";
