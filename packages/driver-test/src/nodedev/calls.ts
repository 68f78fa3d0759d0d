import { NodeDeviceCreateXmlFlags } from "@libvirt-ts/api";
import { formatNodeDevice, type NodeDeviceDef, parseNodeDevice } from "@libvirt-ts/conf/nodedev";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { type FilterGroup, filterFlags, isListed } from "@libvirt-ts/objects";
import type { TestDriver } from "../test-driver.ts";
import { capabilityFlags, hasCapability } from "./capabilities.ts";
import type { HostDevices } from "./devices.ts";
import { createVport, vportOf } from "./vport.ts";

const { VALIDATE } = NodeDeviceCreateXmlFlags;

const filters: readonly FilterGroup<NodeDeviceDef>[] = [
  capabilityFlags.map(
    ([name, bit]) => [bit, (device: NodeDeviceDef) => hasCapability(device, name)] as const,
  ),
];

/** Calls about devices of the host. */
export const nodeDeviceHandlers = ({ devices }: Pick<TestDriver, "devices">): RemoteHandlers => ({
  ...listHandlers(devices),
  ...deviceHandlers(devices),
  connectNodeDeviceEventRegisterAny: ({ eventID, dev }, { client }) => ({
    callbackID: devices.events.register(client, eventID, dev?.name),
  }),
  connectNodeDeviceEventDeregisterAny: ({ callbackID }, { client }) =>
    devices.events.deregister(client, callbackID),
});

function listHandlers(devices: HostDevices): RemoteHandlers {
  const ofKind = (cap: string | null) =>
    [...devices].filter((device) => cap === null || hasCapability(device, cap));
  return {
    nodeNumOfDevices({ cap, flags }) {
      checkFlags(flags, 0, "testNodeNumOfDevices", ErrorDomain.TEST);
      return { num: ofKind(cap).length };
    },
    nodeListDevices({ cap, maxnames, flags }) {
      checkFlags(flags, 0, "testNodeListDevices", ErrorDomain.TEST);
      return {
        names: ofKind(cap)
          .slice(0, maxnames)
          .map(({ name }) => name),
      };
    },
    connectListAllNodeDevices({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "testConnectListAllNodeDevices", ErrorDomain.TEST);
      const found = [...devices].filter((device) => isListed(device, flags, filters));
      return { devices: needResults ? found.map(({ name }) => ({ name })) : [], ret: found.length };
    },
  };
}

function deviceHandlers(devices: HostDevices): RemoteHandlers {
  return {
    nodeDeviceLookupByName: ({ name }) => ({ dev: { name: devices.find(name).name } }),
    nodeDeviceGetXmlDesc({ name, flags }) {
      checkFlags(flags, 0, "testNodeDeviceGetXMLDesc", ErrorDomain.TEST);
      return { xml: formatNodeDevice(devices.find(name)) };
    },
    nodeDeviceGetParent: ({ name }) => ({ parentName: devices.find(name).parent?.name ?? null }),
    nodeDeviceNumOfCaps: ({ name }) => ({ num: devices.find(name).capabilities.length }),
    nodeDeviceListCaps: ({ name, maxnames }) => ({
      names: devices
        .find(name)
        .capabilities.slice(0, maxnames)
        .map(({ type }) => type),
    }),
    nodeDeviceIsActive({ name }) {
      devices.find(name);
      return { active: 1 };
    },
    nodeDeviceIsPersistent({ name }) {
      devices.find(name);
      return { persistent: 1 };
    },
    nodeDeviceCreateXml({ xmlDesc, flags }) {
      checkFlags(flags, VALIDATE, "testNodeDeviceCreateXML", ErrorDomain.TEST);
      if ((flags & VALIDATE) !== 0) assertValid(xmlDesc, "nodedev");
      const { name } = createVport(devices, vportOf(devices, parseNodeDevice(xmlDesc, { isNew: true })));
      return { dev: { name } };
    },
    nodeDeviceDestroy: ({ name }) => devices.remove(name),
  };
}
