import type { Disk, Hostdev, StorageSource, Tpm } from "@libvirt-ts/conf/domain";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import type { HostProcessor } from "../cpu/host-model.ts";

/** A value QEMU understands, in the order its members are to be written. `undefined` members are left out. */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };
export type Props = { readonly [key: string]: Json | undefined };

/**
 * Descriptors and names that exist before QEMU does. Whoever starts the process opens them (it may wait for
 * peers); building the command only asks for the numbers, in the order of use, so each lookup is a plain call.
 * A number is the descriptor's number in the child. `alias` is the device's alias (`serial0`, `net0`).
 */
export interface Resources {
  /** Listening UNIX socket of the QMP monitor. */
  readonly monitorFd: number;
  /** File chardev opened for us (through virtlogd or directly). */
  chardevFile(alias: string): number;
  /** Pipe or file behind `<log file=…>` of a chardev. */
  chardevLog(alias: string): number;
  /** Listening socket of `<source mode='bind'>`. */
  chardevListen(alias: string): number;
  /** Tap queues of a bridge, network or ethernet interface; `vhost` is empty if vhost-net is not used. */
  tap(alias: string): TapResources;
  /** /dev/vhost-vdpa-N, /dev/vhost-scsi, /dev/vhost-vsock, TPM passthrough, fd groups and the like. */
  device(alias: string, what: DeviceFd): number;
  /** Descriptors of `<source fdgroup=…>`. */
  fdGroup(name: string): readonly number[];
  /** 32 bytes; QEMU reads the same from `<domain dir>/master-key.aes`. */
  readonly masterKey: Uint8Array;
  /** Value of a secret, fetched before. */
  secret(request: SecretRequest): Uint8Array;
  /** `bytes` random bytes (initialisation vectors). */
  random(bytes: number): Uint8Array;
}

export interface TapResources {
  /** Name in the host, e.g. `vnet0`. */
  name: string;
  fds: readonly number[];
  vhostFds: readonly number[];
}

export type DeviceFd =
  | "vdpa"
  | "vhost-scsi"
  | "vsock"
  | "tpm"
  | "tpm-cancel"
  | "vhost-user-gpu"
  | "slirp"
  | "passt";

export interface SecretRequest {
  type: "volume" | "ceph" | "iscsi" | "tls" | "vtpm";
  uuid?: string | undefined;
  usage?: string | undefined;
}

/** Directories of one guest and of the driver; all absolute. */
export interface CommandPaths {
  /** LIB/domain-ID-NAME: master key, monitor socket, XDG folders. */
  domain: string;
  /** /run/libvirt/qemu/channel/ID-NAME, target of unix channels without a path. */
  channelTarget: string;
  /** LIB/ram/ID-NAME */
  memoryBacking: string;
  nvram: string;
  passt: string;
  dbus: string;
  rdp: string;
}

/** The part of qemu.conf that shows on the command line. */
export interface CommandSettings {
  /** `null`: QEMU built with seccomp gets the sandbox by default. */
  seccompSandbox: boolean | null;
  dumpGuestCore: boolean;
  logTimestamp: boolean;
  vncListen: string;
  spiceListen: string;
  vncTls: boolean;
  vncTlsX509CertDir: string;
  vncTlsX509Verify: boolean;
  vncTlsSecretUuid?: string | undefined;
  vncSasl: boolean;
  vncSaslDir: string;
  vncAllowHostAudio: boolean;
  vncAutoUnixSocket?: boolean;
  vncPassword?: string;
  spiceTls: boolean;
  spiceTlsX509CertDir: string;
  spiceSasl: boolean;
  spiceSaslDir: string;
  spicePassword?: string;
  spiceAutoUnixSocket: boolean;
  chardevTls: boolean;
  chardevTlsX509CertDir: string;
  chardevTlsX509Verify: boolean;
  chardevTlsSecretUuid?: string;
  nbdTls: { x509CertDir: string; secretUuid?: string | undefined };
  vxhsTls: { x509CertDir: string; secretUuid?: string | undefined };
  glusterDebugLevel: number;
  hugetlbfs: readonly { dir: string; sizeKiB: number; isDefault: boolean }[];
  relaxedAcs: boolean;
  nogfxAllowHostAudio: boolean;
  setProcessName: boolean;
}

/** The host as the command line sees it. */
export interface CommandHost {
  arch: string;
  /** Environment the guest's process inherits (PATH, USER, LOGNAME, TZ, audio …). */
  env: Readonly<Record<string, string | undefined>>;
  /** Does /dev/dri have a render node; the first one. */
  renderNode?: string;
  nowSeconds: number;
  pageSizeKiB: number;
  /** The time stamp counter, where it is known. */
  counter?: HostProcessor["counter"];
  /** NUMA nodes of the host; absent: not looked at. */
  numaNodes?: readonly number[];
  /** Their CPUs, by node. */
  nodeCpus?: readonly (readonly number[])[];
}

export interface CommandContext {
  caps: QemuCaps;
  paths: CommandPaths;
  settings: CommandSettings;
  host: CommandHost;
  resources: Resources;
  /** Domain id in names such as `domain-7-web`; -1 = not running. */
  id: number;
  /** `-incoming`: `defer` or a URI. */
  incoming?: string;
  privileged: boolean;
  /** Socket of the nbdkit that serves a network image instead of QEMU's own driver, by name of the storage node. */
  nbdkitSocket?: (protocol: string, node: string) => string | undefined;
  /** Address of a vsock device that left it to us. */
  vsockCid?: number;
  /** Host nodes numad advised, for guests that leave their placement to it. */
  autoNodeset?: readonly number[];
  /** False: write paths of chardevs as they are, for showing the command line only. */
  passFds?: boolean;
  /** Paths of block devices that are CD-ROM drives of the host. */
  hostCdroms?: ReadonlySet<string>;
  /** The image behind a disk that names a volume. */
  volumeSource?: (disk: Disk) => StorageSource | undefined;
  /** The /dev/sgN of a SCSI device of the host. */
  scsiGeneric?: (hostdev: Hostdev) => string | undefined;
  /** Socket of the TPM emulator. */
  tpmSocket?: (tpm: Tpm) => string | undefined;
}

export interface CommandLine {
  program: string;
  /** Without the program itself. */
  args: string[];
  /** In order; complete: nothing else is inherited. */
  env: [name: string, value: string][];
  /** Descriptors the child must keep, numbers as in `args`. */
  fds: number[];
  /** How many sets of descriptors it gets; later ones count on. */
  fdSets: number;
}
