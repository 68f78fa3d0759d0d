import type { DomainDef, Interface } from "@libvirt-ts/conf/domain";
import { assignAliases } from "../address/aliases.ts";
import { assignAddresses } from "../address/assign.ts";
import { buildCommand } from "../command/build.ts";
import { prepareDefaults } from "../command/prepare.ts";
import { commandSettings } from "../command-settings.ts";
import { hostCdromsOf } from "../host-cdroms.ts";
import { hostMemoryFor } from "../host-memory.ts";
import { capsOf, fillContext, readDefinition } from "../process/definition.ts";
import { quoted } from "../process/guest-log.ts";
import { guestPaths } from "../process/guest-paths.ts";
import { checkPassthrough } from "../process/host-devices.ts";
import { spicePorts } from "../process/prepare.ts";
import { decideCpu } from "../process/start.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { badArgument, type RemoteHandlers } from "./common.ts";
import { paperResources } from "./paper-resources.ts";

const FORMAT = "qemu-argv";
const NOT_RUNNING = -1;
/** What displays are given that leave their ports to us. */
const ports = { vnc: 5900, spice: 5901, spiceTls: 5902, websocket: 5700 };

export function nativeHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async connectDomainXmlToNative({ nativeFormat, domainXml }) {
      if (nativeFormat !== FORMAT) throw badArgument(`unsupported config type ${nativeFormat}`);
      const def = await readDefinition(driver, domainXml, { inactive: true, abiUpdate: true });
      return { nativeConfig: await commandText(driver, def) };
    },
  };
}

/** The command line a guest would be started with by hand: nothing in it is open already. */
async function commandText(driver: QemuDriver, def: DomainDef): Promise<string> {
  const caps = await capsOf(driver, def);
  await checkPassthrough(def, driver.host.root);
  def.devices.interfaces = def.devices.interfaces.map(plainInterface);
  assignAddresses(def, caps, { ...fillContext(driver), isNew: true });
  assignAliases(def);
  setPorts(driver, def);
  const paths = guestPaths(driver.dirs, NOT_RUNNING, def.name);
  const memory = await hostMemoryFor(driver, def);
  const settings = commandSettings(driver, paths, NOT_RUNNING, memory);
  prepareDefaults(def, { ...settings, resources: paperResources });
  def.cpu = decideCpu(driver, def, { caps, isNew: true });
  const { env, program, args } = buildCommand(def, {
    ...settings,
    caps,
    resources: paperResources,
    passFds: false,
    hostCdroms: await hostCdromsOf(def),
    tpmSocket: () => undefined,
  });
  const words = [...env.map(([name, value]) => `${name}=${quoted(value)}`), program, ...args.map(quoted)];
  return words.join(" ");
}

/** Whatever a card is connected to: by hand, it is a tap somebody else has made. */
const plainInterface = ({ mac, model }: Interface): Interface => ({
  type: "ethernet",
  mac,
  model,
  ips: [],
  routes: [],
  portForwards: [],
});

function setPorts({ settings }: QemuDriver, { devices }: DomainDef): void {
  for (const graphics of devices.graphics) {
    if (graphics.type === "vnc") {
      if (graphics.autoport) graphics.port = ports.vnc;
      if (graphics.websocket === -1) graphics.websocket = ports.websocket;
    } else if (graphics.type === "spice") {
      const { plain, tls } = spicePorts(graphics, settings.spice_tls);
      if (plain) graphics.port = ports.spice;
      if (tls) graphics.tlsPort = ports.spiceTls;
    }
  }
}
