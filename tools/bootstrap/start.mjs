// npm start: installs what is missing, builds, runs the daemons below a private prefix and boots a demo guest.
import { homedir } from "node:os";
import { join } from "node:path";
import { buildGuest } from "../guest/build.mjs";
import { build, pnpm, requireNode, requirePackages, root } from "./host.mjs";

const isRoot = process.getuid() === 0;
const prefix =
  process.env.LIBVIRT_PREFIX ?? (isRoot ? "/var/lib/libvirt-ts-demo" : join(homedir(), ".libvirt-ts-demo"));

requireNode();
requirePackages([
  ...["g++", "make", "python3", "libvirt-clients", "qemu-system-x86", "qemu-utils", "busybox-static", "cpio"],
  ...(isRoot ? ["dnsmasq-base", "nftables", "iproute2"] : []),
]);
build();
const guest = buildGuest(join(root, "node_modules/.cache/guest"));

pnpm("-s", "dev", "demo", "--prefix", prefix, "--kernel", guest.kernel, "--initrd", guest.initrd);
