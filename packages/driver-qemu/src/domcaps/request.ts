import type { CapsFlag } from "../caps/flags.ts";
import { hasFlag, type MachineType, type QemuCaps } from "../caps/qemu-caps.ts";
import type { HostModels } from "../cpu/host-model.ts";
import type { Board } from "../device/machine.ts";
import type { SupportedFirmware } from "../fill/firmware-supported.ts";

/** What capabilities of a guest depend on. */
export interface DomainCapabilitiesRequest {
  caps: QemuCaps;
  machine: MachineType;
  /** Highest number of vCPUs; 0: not told. */
  maxVcpus: number;
  /** `kvm`, `hvf` or `qemu`. */
  virtType: string;
  hostArch: string;
  models: HostModels | undefined;
  firmware: Pick<SupportedFirmware, "kinds" | "hasSecureBoot"> & { images: readonly string[] };
  /** Versions of TPM the emulator can play. */
  tpmVersions: readonly string[];
  hasVfio: boolean;
  /** There is a program that serves a display by RDP. */
  hasRdp: boolean;
  /** Encrypted guests the processor can hold; absent: not told. */
  sevGuests?: { maxGuests: number; maxEsGuests: number };
}

export type Test = (request: DomainCapabilitiesRequest) => boolean;
/** A value that is offered always, or if the test says so. */
export type Value = string | readonly [value: string, test: Test];

/** An element that says whether something is there, and what of it. */
export interface Section {
  tag: string;
  /** Absent: always there. */
  supported?: Test;
  enums: readonly (readonly [name: string, values: readonly Value[]])[];
}

/** Any of the flags. */
export const has =
  (...flags: CapsFlag[]): Test =>
  ({ caps }) =>
    flags.some((flag) => hasFlag(caps, flag));

export const isX86: Test = ({ caps }) => caps.arch === "x86_64" || caps.arch === "i686";
export const isS390: Test = ({ caps }) => caps.arch.startsWith("s390");

/** A question about the machine type. */
export const isBoard =
  (question: (board: Board) => boolean): Test =>
  ({ caps, machine }) =>
    question({ os: { type: { arch: caps.arch, machine: machine.name } } });

export const not =
  (test: Test): Test =>
  (request) =>
    !test(request);
export const all =
  (...tests: Test[]): Test =>
  (request) =>
    tests.every((test) => test(request));
