import { assignAliases } from "../address/aliases.ts";
import { buildCommand } from "../command/build.ts";
import { prepareDefaults } from "../command/prepare.ts";
import { commandSettings } from "../command-settings.ts";
import { capsOf, readDefinition } from "../process/definition.ts";
import { quoted } from "../process/guest-log.ts";
import { guestPaths } from "../process/guest-paths.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { badArgument, type RemoteHandlers } from "./common.ts";
import { paperResources } from "./paper-resources.ts";

const FORMAT = "qemu-argv";
const NOT_RUNNING = -1;

export function nativeHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async connectDomainXmlToNative({ nativeFormat, domainXml }) {
      if (nativeFormat !== FORMAT) throw badArgument(`unsupported config type ${nativeFormat}`);
      const def = await readDefinition(driver, domainXml, { inactive: true, abiUpdate: true });
      assignAliases(def);
      const paths = guestPaths(driver.dirs, NOT_RUNNING, def.name);
      const settings = commandSettings(driver, paths, NOT_RUNNING);
      prepareDefaults(def, { ...settings, resources: paperResources });
      const caps = await capsOf(driver, def);
      const { env, program, args } = buildCommand(def, { caps, resources: paperResources, ...settings });
      const words = [...env.map(([name, value]) => `${name}=${quoted(value)}`), program, ...args.map(quoted)];
      return { nativeConfig: words.join(" ") };
    },
  };
}
