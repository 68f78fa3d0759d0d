import { descriptorFiles } from "@libvirt-ts/driver-qemu/command";
import type { Suite } from "../suite.ts";

const data = "files/qemuvhostuserdata";

/** Which descriptors count, and in which order. */
export const suite: Suite = {
  async run(_row, corpus) {
    const folders = ["usr/share/qemu/vhost-user", "etc/qemu/vhost-user", "home/user/.config/qemu/vhost-user"];
    const files = await descriptorFiles(folders.map((folder) => `${corpus.root}/${data}/${folder}`));
    return {
      got: { files: JSON.stringify(files.map((file) => file.slice(`${corpus.root}/${data}`.length))) },
    };
  },
};
