import { copyFile } from "node:fs/promises";
import { arch } from "node:os";
import tool from "../../tsup.tool.ts";

/** A tool that talks to daemons, with the addon beside it. */
export default {
  ...tool,
  onSuccess: () =>
    copyFile(
      `../../packages/native/prebuilds/linux-${process.env.npm_config_arch ?? arch()}/libvirt-ts.node`,
      "dist/libvirt-ts.node",
    ),
};
