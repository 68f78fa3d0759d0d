import { formatCapabilities, parseQemuCaps } from "@libvirt-ts/driver-qemu/command";
import { emulatorArch } from "../qemu/caps.ts";
import type { Suite } from "../suite.ts";

export const suite: Suite = {
  run(row, corpus) {
    const { arch = "" } = row;
    const caps = parseQemuCaps(corpus.text(row.input));
    const emulator = `/usr/bin/qemu-system-${emulatorArch(arch)}`;
    const nothing = () => undefined;
    const processor = { arch, describe: nothing, itself: nothing, physicalBits: 0 };
    return { got: { xml: formatCapabilities({ arch, processor }, [{ ...caps, emulator, accel: {} }]) } };
  },
};
