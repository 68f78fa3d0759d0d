import {
  type CallRow,
  NonnullDomain,
  NonnullDomainCheckpoint,
  NonnullDomainSnapshot,
  NonnullInterface,
  NonnullNetwork,
  NonnullNetworkPort,
  NonnullNodeDevice,
  NonnullNwfilter,
  NonnullNwfilterBinding,
  NonnullSecret,
  NonnullStoragePool,
  NonnullStorageVol,
  qemu,
  remote,
} from "@libvirt-ts/protocol";
import { formatUuid, type Uuid } from "@libvirt-ts/util/uuid";
import type { Codec } from "@libvirt-ts/xdr";
import { type Binding, bindCalls, type CallsAbout, isAbout } from "./calls.ts";
import type { MakeObject } from "./marshal.ts";
import type { Session } from "./session.ts";
import type { CallOptions } from "./shapes.ts";
import { Stream } from "./stream.ts";

/*
 * The objects of the public API. Each is what the wire knows it by (so it can be given as an argument), and has a
 * method for each row that names it.
 */

type RemoteRows = typeof remote.procs;
type QemuRows = typeof qemu.procs;
type Constructor<Wire, Calls> = new (session: Session, wire: Wire) => Readonly<Wire> & Calls & Handle;

interface Handle {
  readonly session: Session;
}

/** What objects have for methods. */
const bound: Binding[] = [];

/** Whether a row is a method of an object. */
export const isOfObject = (row: CallRow): boolean =>
  bound.some(({ rows, takes }) => rows[row.name] === row && takes(row));

/** A class whose instances are the wire's struct with methods. */
function handle<Wire extends object, Calls>(bindings: readonly Binding[]): Constructor<Wire, Calls> {
  class Bound {
    declare readonly session: Session;

    constructor(session: Session, wire: Wire) {
      Object.assign(this, wire);
      Object.defineProperty(this, "session", { value: session }); // not shown when it is printed
    }
  }
  bindCalls(Bound.prototype, bindings);
  bound.push(...bindings);
  return Bound as unknown as Constructor<Wire, Calls>; // the bindings made the methods that `Calls` tells of
}

const about = (self: string, wire: Codec<unknown>, prefix: string): Binding => ({
  rows: remote.procs,
  takes: (row) => isAbout(row, self, wire),
  prefix,
  self,
});

type DomainCalls = CallsAbout<RemoteRows, "dom", NonnullDomain, "domain"> &
  CallsAbout<QemuRows, "dom", NonnullDomain, "domain", "qemu">;

/** A guest: `id` is -1 while it does not run. */
export class Domain extends handle<NonnullDomain, DomainCalls>([
  about("dom", NonnullDomain, "domain"),
  {
    rows: qemu.procs,
    takes: (row) => isAbout(row, "dom", NonnullDomain),
    prefix: "domain",
    added: "qemu",
    self: "dom",
  },
]) {
  get uuidText(): Uuid {
    return formatUuid(this.uuid);
  }

  /** What the console says, and what is typed. @param devName alias of a device; absent: the first */
  openConsole(
    { devName = null, flags = 0 }: { devName?: string | null; flags?: number } = {},
    options?: CallOptions,
  ): Promise<Stream> {
    const args = { dom: this, devName, flags };
    return Stream.open(this.session, remote.procs.domainOpenConsole, args, options);
  }

  openChannel(
    { name = null, flags = 0 }: { name?: string | null; flags?: number } = {},
    options?: CallOptions,
  ): Promise<Stream> {
    const args = { dom: this, name, flags };
    return Stream.open(this.session, remote.procs.domainOpenChannel, args, options);
  }

  /** A picture of the screen; its type is in `mime`. */
  async screenshot(
    { screen = 0, flags = 0 }: { screen?: number; flags?: number } = {},
    { signal }: CallOptions = {},
  ): Promise<{ mime: string | null; stream: Stream }> {
    const row = remote.procs.domainScreenshot;
    const { ret, stream } = await this.session.openStream(row, { dom: this, screen, flags }, { signal });
    return { mime: ret.mime, stream: new Stream(stream, "read", { signal }) };
  }

  /** @returns a descriptor of a connection to the guest's screen, the caller's to close */
  async openGraphicsFd(
    { idx = 0, flags = 0 }: { idx?: number; flags?: number } = {},
    options?: CallOptions,
  ): Promise<number | undefined> {
    const row = remote.procs.domainOpenGraphicsFd;
    const { fds } = await this.session.callWithFds(row, { dom: this, idx, flags }, options);
    return fds[0];
  }

  /** @returns what QEMU answers, and descriptors it gave, the caller's to close */
  async qemuMonitorCommandWithFiles(
    { cmd, flags = 0 }: { cmd: string; flags?: number },
    options?: CallOptions,
  ): Promise<{ result: string; fds: number[] }> {
    const row = qemu.procs.domainMonitorCommandWithFiles;
    const { ret, fds } = await this.session.callWithFds(row, { dom: this, cmd, flags }, options);
    return { result: ret.result, fds };
  }
}

type SnapshotCalls = CallsAbout<RemoteRows, "snap", NonnullDomainSnapshot, "domainSnapshot"> &
  CallsAbout<RemoteRows, "snapshot", NonnullDomainSnapshot, "domainSnapshot">;

export class DomainSnapshot extends handle<NonnullDomainSnapshot, SnapshotCalls>([
  about("snap", NonnullDomainSnapshot, "domainSnapshot"),
  about("snapshot", NonnullDomainSnapshot, "domainSnapshot"),
]) {}

type CheckpointCalls = CallsAbout<RemoteRows, "checkpoint", NonnullDomainCheckpoint, "domainCheckpoint">;

export class DomainCheckpoint extends handle<NonnullDomainCheckpoint, CheckpointCalls>([
  about("checkpoint", NonnullDomainCheckpoint, "domainCheckpoint"),
]) {}

type NetworkCalls = CallsAbout<RemoteRows, "net", NonnullNetwork, "network"> &
  CallsAbout<RemoteRows, "network", NonnullNetwork, "network">;

export class Network extends handle<NonnullNetwork, NetworkCalls>([
  about("net", NonnullNetwork, "network"),
  about("network", NonnullNetwork, "network"),
]) {
  get uuidText(): Uuid {
    return formatUuid(this.uuid);
  }
}

export class NetworkPort extends handle<
  NonnullNetworkPort,
  CallsAbout<RemoteRows, "port", NonnullNetworkPort, "networkPort">
>([about("port", NonnullNetworkPort, "networkPort")]) {}

type PoolCalls = CallsAbout<RemoteRows, "pool", NonnullStoragePool, "storagePool">;

export class StoragePool extends handle<NonnullStoragePool, PoolCalls>([
  about("pool", NonnullStoragePool, "storagePool"),
]) {
  get uuidText(): Uuid {
    return formatUuid(this.uuid);
  }
}

/** A part of a volume; a length of 0 is all of it. */
interface Range {
  offset?: bigint;
  length?: bigint;
  /** Runs of zeros travel as such: `StorageVolDownloadFlags.SPARSE_STREAM`. */
  flags?: number;
}

type VolumeCalls = CallsAbout<RemoteRows, "vol", NonnullStorageVol, "storageVol">;

export class StorageVol extends handle<NonnullStorageVol, VolumeCalls>([
  about("vol", NonnullStorageVol, "storageVol"),
]) {
  /** Ends with what the daemon says: `stream/promises` `finished` waits for it. */
  upload({ offset = 0n, length = 0n, flags = 0 }: Range = {}, options?: CallOptions): Promise<Stream> {
    const args = { vol: this, offset, length, flags };
    return Stream.open(this.session, remote.procs.storageVolUpload, args, options);
  }

  download({ offset = 0n, length = 0n, flags = 0 }: Range = {}, options?: CallOptions): Promise<Stream> {
    const args = { vol: this, offset, length, flags };
    return Stream.open(this.session, remote.procs.storageVolDownload, args, options);
  }
}

type DeviceCalls = CallsAbout<
  Pick<RemoteRows, Exclude<Extract<keyof RemoteRows, `nodeDevice${string}`>, `${string}Lookup${string}`>>,
  "name",
  string,
  "nodeDevice"
>;

export class NodeDevice extends handle<NonnullNodeDevice, DeviceCalls>([
  {
    rows: remote.procs,
    takes: ({ name, args }) =>
      /^nodeDevice(?!Lookup)/.test(name) && args?.schema.kind === "struct" && "name" in args.schema.fields,
    prefix: "nodeDevice",
    self: "name",
  },
]) {}

export class Interface extends handle<
  NonnullInterface,
  CallsAbout<RemoteRows, "iface", NonnullInterface, "interface">
>([about("iface", NonnullInterface, "interface")]) {}

export class Secret extends handle<NonnullSecret, CallsAbout<RemoteRows, "secret", NonnullSecret, "secret">>([
  about("secret", NonnullSecret, "secret"),
]) {
  get uuidText(): Uuid {
    return formatUuid(this.uuid);
  }
}

export class Nwfilter extends handle<
  NonnullNwfilter,
  CallsAbout<RemoteRows, "nwfilter", NonnullNwfilter, "nwfilter">
>([about("nwfilter", NonnullNwfilter, "nwfilter")]) {
  get uuidText(): Uuid {
    return formatUuid(this.uuid);
  }
}

export class NwfilterBinding extends handle<
  NonnullNwfilterBinding,
  CallsAbout<RemoteRows, "nwfilter", NonnullNwfilterBinding, "nwfilterBinding">
>([about("nwfilter", NonnullNwfilterBinding, "nwfilterBinding")]) {}

type ObjectClass = new (session: Session, wire: never) => object;

/** The class of each struct of the wire that names an object. */
export const classes: ReadonlyMap<Codec<unknown>, ObjectClass> = new Map<Codec<unknown>, ObjectClass>([
  [NonnullDomain, Domain],
  [NonnullDomainSnapshot, DomainSnapshot],
  [NonnullDomainCheckpoint, DomainCheckpoint],
  [NonnullNetwork, Network],
  [NonnullNetworkPort, NetworkPort],
  [NonnullStoragePool, StoragePool],
  [NonnullStorageVol, StorageVol],
  [NonnullNodeDevice, NodeDevice],
  [NonnullInterface, Interface],
  [NonnullSecret, Secret],
  [NonnullNwfilter, Nwfilter],
  [NonnullNwfilterBinding, NwfilterBinding],
]);

export const makeObject =
  (session: Session): MakeObject =>
  (codec, wire) => {
    const found = classes.get(codec);
    return found && new found(session, wire);
  };
