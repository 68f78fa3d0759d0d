import { ConnectListAllInterfacesFlags as Flag, InterfaceDefineFlags } from "@libvirt-ts/api";
import { formatInterface, parseInterface } from "@libvirt-ts/conf/interface";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import { type FilterGroup, filterFlags, isListed } from "@libvirt-ts/objects";
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
  const select = (flags: number) => [...interfaces].filter((each) => isListed(each, flags, filters));
  const names = (flags: number, most: number) => ({
    names: select(flags)
      .slice(0, most)
      .map(({ def }) => def.name),
  });
  return {
    connectListAllInterfaces({ needResults, flags }) {
      checkFlags(flags, filterFlags(filters), "testConnectListAllInterfaces", ErrorDomain.TEST);
      const found = select(flags);
      return { ifaces: needResults ? found.map(wireInterface) : [], ret: found.length };
    },
    connectNumOfInterfaces: () => ({ num: select(Flag.ACTIVE).length }),
    connectListInterfaces: ({ maxnames }) => names(Flag.ACTIVE, maxnames),
    connectNumOfDefinedInterfaces: () => ({ num: select(Flag.INACTIVE).length }),
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
