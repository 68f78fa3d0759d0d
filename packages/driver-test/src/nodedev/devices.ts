import { NodeDeviceEventLifecycleType as Lifecycle, NodeDeviceEventId } from "@libvirt-ts/api";
import { type NodeDeviceDef, parseNodeDevice } from "@libvirt-ts/conf/nodedev";
import { ErrorCode } from "@libvirt-ts/errors";
import { ObjectEvents } from "@libvirt-ts/objects";
import { remote } from "@libvirt-ts/protocol";
import { notFound } from "../errors.ts";

const { procs } = remote;

/** All devices of a host by name, and who is told about them. */
export class HostDevices {
  readonly #all = new Map<string, NodeDeviceDef>();
  readonly events = new ObjectEvents("node device", Object.values(NodeDeviceEventId));

  [Symbol.iterator](): IterableIterator<NodeDeviceDef> {
    return this.#all.values();
  }

  /** Takes a device of a host that is just there. */
  load(xml: string): void {
    const device = parseNodeDevice(xml);
    this.#all.set(device.name, device);
  }

  /** @throws VirError NO_NODE_DEVICE */
  find(name: string): NodeDeviceDef {
    const found = this.#all.get(name);
    if (!found) throw notFound(ErrorCode.NO_NODE_DEVICE, `no node device with matching name '${name}'`);
    return found;
  }

  /** A new device, or another one in the place of one with its name. */
  add(device: NodeDeviceDef): void {
    this.#all.set(device.name, device);
    this.#lifecycle(device, Lifecycle.CREATED);
  }

  /** @throws VirError NO_NODE_DEVICE */
  remove(name: string): void {
    const device = this.find(name);
    this.#lifecycle(device, Lifecycle.DELETED);
    this.#all.delete(name);
  }

  #lifecycle({ name }: NodeDeviceDef, event: Lifecycle): void {
    const subject = { eventId: NodeDeviceEventId.LIFECYCLE, key: name };
    const msg = { dev: { name }, event, detail: 0 };
    this.events.send(procs.nodeDeviceEventLifecycle, subject, (callbackID) => ({ callbackID, ...msg }));
  }
}
