import { existsSync } from "node:fs";
import type { QemuPlug } from "./qemu-plug.ts";

const file = new URL("./qemu/plug.ts", import.meta.url);

/** The QEMU driver's part, where it is there. */
export const plug = existsSync(file) ? ((await import(file.href)) as { plug: QemuPlug }).plug : undefined; // its one export
