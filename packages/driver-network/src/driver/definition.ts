import { NetworkCreateFlags, NetworkDefineFlags } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { NetworkDriver } from "../driver.ts";
import { wireNetwork } from "../events.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

/** Definitions and the life of networks. */
export function definitionHandlers(driver: NetworkDriver): NetworkHandlers {
  const create = async (xml: string, validate: boolean) => ({
    net: wireNetwork(await driver.create(xml, { validate })),
  });
  const define = async (xml: string, validate: boolean) => ({
    net: wireNetwork(await driver.define(xml, { validate })),
  });
  return {
    networkCreateXml: ({ xml }) => create(xml, false),
    networkCreateXmlFlags({ xml, flags }) {
      checkFlags(flags, NetworkCreateFlags.VALIDATE, "networkCreateXMLFlags", ErrorDomain.NETWORK);
      return create(xml, flags !== 0);
    },
    networkDefineXml: ({ xml }) => define(xml, false),
    networkDefineXmlFlags({ xml, flags }) {
      checkFlags(flags, NetworkDefineFlags.VALIDATE, "networkDefineXMLFlags", ErrorDomain.NETWORK);
      return define(xml, flags !== 0);
    },
    networkUndefine: ({ net }) => driver.undefine(networkOf(driver, net)),
    networkCreate: ({ net }) => driver.start(networkOf(driver, net)),
    networkDestroy: ({ net }) => driver.destroy(networkOf(driver, net)),
    networkSetAutostart: ({ net, autostart }) => driver.setAutostart(networkOf(driver, net), autostart !== 0),
  };
}
