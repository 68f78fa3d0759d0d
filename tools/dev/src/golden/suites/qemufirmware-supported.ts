import { supportedFirmware } from "@libvirt-ts/driver-qemu/command";
import { firmwareOf } from "../qemu/firmware.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const { kinds, hasSecureBoot, images } = supportedFirmware(firmwareOf(corpus), {
      arch: row.arch ?? "",
      machine: String(row.machine),
    });
    const firmwares = images.map(({ path, nvram = null }) => ({ path, nvram }));
    return {
      got: {
        secure: JSON.stringify(hasSecureBoot),
        interfaces: JSON.stringify(kinds),
        firmwares: JSON.stringify(firmwares),
      },
    };
  },
};
