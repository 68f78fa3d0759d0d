import { NetworkEventLifecycleType as Lifecycle, NetworkEventId } from "@libvirt-ts/api";
import { type NetworkDef, parseNetwork } from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { ObjectEvents, Registry } from "@libvirt-ts/objects";
import { type NonnullNetwork, remote } from "@libvirt-ts/protocol";
import { formatUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { notFound } from "../errors.ts";
import { TestNetwork } from "./network.ts";

const { procs } = remote;

/** All networks of a host, and who is told about them. */
export class Networks extends Registry<TestNetwork> {
  readonly events = new ObjectEvents("network", Object.values(NetworkEventId));

  /** Takes the networks of a host that is just there: they run. */
  load(xml: string): void {
    this.define(parseNetwork(xml, { inactive: true })).isActive = true;
  }

  /** @throws VirError NO_NETWORK */
  find(name: string): TestNetwork {
    const network = this.byName(name);
    if (!network) throw notFound(ErrorCode.NO_NETWORK, `no network with matching name '${name}'`);
    return network;
  }

  /** @throws VirError NO_NETWORK */
  findUuid(uuid: Uint8Array): TestNetwork {
    const text = formatUuid(uuid);
    const network = this.byUuid(text);
    if (!network) throw notFound(ErrorCode.NO_NETWORK, `no network with matching uuid '${text}'`);
    return network;
  }

  /** Stores a definition. @throws VirError OPERATION_FAILED */
  define(def: NetworkDef): TestNetwork {
    const network = this.#same(def) ?? this.#enter(def);
    if (network.isActive) network.nextDef = def;
    else network.def = def;
    network.isPersistent = true;
    return network;
  }

  /** Starts a network with a definition that is not stored. @throws VirError OPERATION_FAILED, OPERATION_INVALID */
  create(def: NetworkDef): TestNetwork {
    const known = this.#same(def);
    if (known?.isActive)
      throw refused(ErrorCode.OPERATION_INVALID, `network is already active as '${known.name}'`);
    const network = known ?? this.#enter(def);
    if (known) {
      known.nextDef = known.def;
      known.def = def;
    }
    network.isActive = true;
    return network;
  }

  lifecycle(network: TestNetwork, event: Lifecycle): void {
    const subject = { eventId: NetworkEventId.LIFECYCLE, key: network.uuid };
    const msg = { net: wireNetwork(network), event, detail: 0 };
    this.events.send(procs.networkEventLifecycle, subject, (callbackID) => ({ callbackID, ...msg }));
  }

  /** @param nsuri namespace of a changed element */
  metadataChanged(network: TestNetwork, type: number, nsuri: string | null): void {
    const subject = { eventId: NetworkEventId.METADATA_CHANGE, key: network.uuid };
    const msg = { net: wireNetwork(network), type, nsuri };
    const row = procs.networkEventCallbackMetadataChange;
    this.events.send(row, subject, (callbackID) => ({ callbackID, ...msg }));
  }

  #enter(def: NetworkDef): TestNetwork {
    const network = new TestNetwork(def);
    this.add(network);
    return network;
  }

  /** The network a definition belongs to. @throws VirError when name and UUID belong to different ones */
  #same({ name, uuid }: { name: string; uuid: Uuid }): TestNetwork | undefined {
    const byUuid = this.byUuid(uuid);
    if (byUuid && byUuid.name !== name)
      throw refused(
        ErrorCode.OPERATION_FAILED,
        `network '${byUuid.name}' is already defined with uuid ${uuid}`,
      );
    const byName = this.byName(name);
    if (byName && byName !== byUuid)
      throw refused(ErrorCode.OPERATION_FAILED, `network '${name}' already exists with uuid ${byName.uuid}`);
    return byUuid;
  }
}

/** What all drivers of networks say alike. */
const refused = (code: ErrorCode, detail: string): VirError =>
  new VirError(ErrorDomain.NETWORK, code, detail);

export const wireNetwork = ({ name, uuidBytes }: TestNetwork): NonnullNetwork => ({ name, uuid: uuidBytes });

export { Lifecycle };
