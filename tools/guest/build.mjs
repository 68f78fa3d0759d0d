// Builds the Linux guest of the demo and of the system tests: Debian's cloud kernel and a busybox initrd.
//   node build.mjs OUTDIR      -> OUTDIR/vmlinuz, OUTDIR/initrd.gz (kept when they are already there)
// Needs the Debian packages busybox-static and cpio; the kernel package is unpacked, never installed.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = [
  "virtio_pci",
  "virtio_blk",
  "virtio_net",
  "virtio_balloon",
  "virtio_console",
  "ata_piix",
  "sd_mod",
  "button",
  "evdev",
];
const here = dirname(fileURLToPath(import.meta.url));

/** Builds into `out` unless it is there already; returns both paths. */
export function buildGuest(out) {
  const guest = { kernel: join(out, "vmlinuz"), initrd: join(out, "initrd.gz") };
  if (existsSync(guest.kernel) && existsSync(guest.initrd)) return guest;
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(out, "build-"));
  try {
    const kernelTree = unpackKernel(work);
    const version = readdirSync(join(kernelTree, "lib/modules"))[0];
    writeFileSync(join(work, "initrd.gz"), packInitrd(work, join(kernelTree, "lib/modules", version)));
    copyFileSync(join(kernelTree, "boot", `vmlinuz-${version}`), join(work, "vmlinuz"));
    renameSync(join(work, "vmlinuz"), guest.kernel);
    renameSync(join(work, "initrd.gz"), guest.initrd);
    return guest;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpackKernel(work) {
  const depends = execFileSync("apt-cache", ["depends", "linux-image-cloud-amd64"], { encoding: "utf8" });
  const name = /Depends: (linux-image-\S*cloud-amd64\S*)/.exec(depends)?.[1];
  if (!name) throw new Error("apt knows no linux-image-cloud-amd64: run apt-get update");
  execFileSync("apt-get", ["download", "-qq", name], { cwd: work, stdio: ["ignore", "ignore", "pipe"] });
  const deb = readdirSync(work).find((file) => file.endsWith(".deb"));
  const tree = join(work, "kernel");
  execFileSync("dpkg-deb", ["-x", join(work, deb), tree]);
  return tree;
}

function packInitrd(work, moduleTree) {
  const root = join(work, "root");
  for (const dir of ["bin", "m", "proc", "sys", "dev", "etc"])
    mkdirSync(join(root, dir), { recursive: true });
  copyFileSync("/bin/busybox", join(root, "bin/busybox"));
  const order = moduleOrder(moduleTree);
  for (const path of order) copyFileSync(path, join(root, "m", basename(path)));
  writeFileSync(join(root, "m/list"), order.map((path) => `${basename(path)}\n`).join(""));
  for (const script of ["init", "udhcpc.script"]) {
    copyFileSync(join(here, script), join(root, script));
    chmodSync(join(root, script), 0o755);
  }
  const names = execFileSync("find", ["."], { cwd: root });
  const archive = execFileSync("cpio", ["-o", "-H", "newc", "--quiet", "-R", "0:0"], {
    cwd: root,
    input: names,
    maxBuffer: 1 << 28,
  });
  return execFileSync("gzip", ["-1"], { input: archive, maxBuffer: 1 << 28 });
}

/** The module files in loading order: each after what its own `depends=` record names. */
function moduleOrder(tree) {
  const files = new Map(
    execFileSync("find", [tree, "-name", "*.ko"], { encoding: "utf8" })
      .split("\n")
      .filter(Boolean)
      .map((path) => [basename(path, ".ko").replaceAll("-", "_"), path]),
  );
  const order = new Set();
  const visit = (name) => {
    const path = files.get(name.replaceAll("-", "_"));
    if (!path) return; // built into the kernel
    const depends = /\0?depends=([^\0]*)\0/.exec(readFileSync(path, "latin1"))?.[1] ?? "";
    for (const dependency of depends.split(",").filter(Boolean)) visit(dependency);
    order.add(path);
  };
  modules.forEach(visit);
  return [...order];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) throw new Error("usage: build.mjs OUTDIR");
  console.log(JSON.stringify(buildGuest(process.argv[2])));
}
