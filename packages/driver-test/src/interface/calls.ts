import { ConnectListAllInterfacesFlags as Flag, InterfaceDefineFlags } from "@libvirt-ts/api";
import { formatInterface, parseInterface } from "@libvirt-ts/conf/interface";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { type FilterGroup, filterFlags, listings } from "@libvirt-ts/objects";
import { invalid } from "../errors.ts";
import type { TestDriver } from "../test-driver.ts";
import { type Interfaces, type TestInterface, wireInterface } from "./interfaces.ts";

const { VALIDATE } = InterfaceDefineFlags;

const filters: readonly FilterGroup<TestInterface>[] = [
  [
    [Flag.ACTIVE, ({ isActive }) => isActive],
    [Flag.INACTIVE, ({ isActive }) => !isActive],
  ],
];

/** Calls about interfaces of the host. */
export const interfaceHandlers = ({ interfaces }: Pick<TestDriver, "interfaces">): RemoteHandlers => ({
  ...listHandlers(interfaces),
  ...interfaceCalls(interfaces),
  ...changeHandlers(interfaces),
});

function listHandlers(interfaces: Interfaces): RemoteHandlers {
  const { select, count, names } = listings(
    () => interfaces,
    filters,
    ({ def }) => def.name,
  );
  return {
    connectListAllInterfaces({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "testConnectListAllInterfaces", ErrorDomain.TEST);
      const found = select(flags);
      return { ifaces: needResults ? found.map(wireInterface) : [], ret: found.length };
    },
    connectNumOfInterfaces: () => count(Flag.ACTIVE),
    connectListInterfaces: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedInterfaces: () => count(Flag.INACTIVE),
    connectListDefinedInterfaces: ({ maxnames }) => names(Flag.INACTIVE, maxnames),
  };
}

function interfaceCalls(interfaces: Interfaces): RemoteHandlers {
  return {
    interfaceLookupByName: ({ name }) => ({ iface: wireInterface(interfaces.find(name)) }),
    interfaceLookupByMacString: ({ mac }) => ({ iface: wireInterface(interfaces.findMac(mac)) }),
    interfaceIsActive: ({ iface }) => ({ active: interfaces.find(iface.name).isActive ? 1 : 0 }),
    interfaceGetXmlDesc({ iface, flags }) {
      checkFlags(flags, 0, "testInterfaceGetXMLDesc", ErrorDomain.TEST);
      return { xml: formatInterface(interfaces.find(iface.name).def) };
    },
    interfaceDefineXml({ xml, flags }) {
      checkFlags(flags, VALIDATE, "testInterfaceDefineXML", ErrorDomain.TEST);
      if ((flags & VALIDATE) !== 0) assertValid(xml, "interface");
      return { iface: wireInterface(interfaces.define(parseInterface(xml))) };
    },
    interfaceUndefine: ({ iface }) => interfaces.undefine(iface.name),
    interfaceCreate({ iface, flags }) {
      checkFlags(flags, 0, "testInterfaceCreate", ErrorDomain.TEST);
      const found = interfaces.find(iface.name);
      if (found.isActive) throw invalid();
      found.isActive = true;
    },
    interfaceDestroy({ iface, flags }) {
      checkFlags(flags, 0, "testInterfaceDestroy", ErrorDomain.TEST);
      const found = interfaces.find(iface.name);
      if (!found.isActive) throw invalid();
      found.isActive = false;
    },
  };
}

/** Changes of interfaces that can be taken back together. */
function changeHandlers(interfaces: Interfaces): RemoteHandlers {
  return {
    interfaceChangeBegin({ flags }) {
      checkFlags(flags, 0, "testInterfaceChangeBegin", ErrorDomain.TEST);
      interfaces.begin();
    },
    interfaceChangeCommit({ flags }) {
      checkFlags(flags, 0, "testInterfaceChangeCommit", ErrorDomain.TEST);
      interfaces.commit();
    },
    interfaceChangeRollback({ flags }) {
      checkFlags(flags, 0, "testInterfaceChangeRollback", ErrorDomain.TEST);
      interfaces.rollback();
    },
  };
}
