import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { formatCapabilities, readTopology } from "@libvirt-ts/driver-qemu/command";
import { parseBitmap } from "@libvirt-ts/util/bitmap";
import type { Corpus, Row } from "../corpus.ts";
import type { Suite } from "../suite.ts";

const GIB_IN_KIB = 1_048_576;
const pageSizesKiB = [4, 2048, 1_048_576];

interface Tree {
  dirs: string[];
  files: Record<string, string>;
  links: Record<string, string>;
}

/** Unpacks a tree (README §2.3) where the kernel would show it. */
function unpack(row: Row, corpus: Corpus, root: string): void {
  const { sysfs } = row.inputs as { sysfs: string }; // the README's format
  const tree = JSON.parse(gunzipSync(readFileSync(join(corpus.root, sysfs))).toString()) as Tree; // as above
  const place = (path: string) =>
    join(root, path.replace(/^system/, "sys/devices/system").replace(/^resctrl/, "sys/fs/resctrl"));
  for (const path of tree.dirs) mkdirSync(place(path), { recursive: true });
  for (const [path, text] of Object.entries(tree.files)) {
    mkdirSync(dirname(place(path)), { recursive: true });
    writeFileSync(place(path), text);
  }
  for (const [path, target] of Object.entries(tree.links)) symlinkSync(target, place(path));
}

/** The nodes of the tree with the memory of README §4.5. */
function cellsOf(root: string) {
  const base = join(root, "sys/devices/system/node");
  const ids = readdirSync(base).flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? []);
  return ids
    .map(Number)
    .sort((a, b) => a - b)
    .map((id) => ({
      id,
      memoryKiB: (id + 1) * GIB_IN_KIB,
      cpus: parseBitmap(readFileSync(join(base, `node${id}/cpulist`), "utf8").trim()) ?? [],
      distances: [],
      pages: pageSizesKiB.map((sizeKiB, at) => ({ sizeKiB, total: (id + 1 + at) * 2048 })),
    }));
}

export const suite: Suite = {
  async run(row, corpus) {
    const root = mkdtempSync(join(tmpdir(), "golden-"));
    try {
      unpack(row, corpus, root);
      const { arch = "" } = row;
      const nothing = () => undefined;
      const processor = { arch, describe: nothing, itself: nothing, physicalBits: 0 };
      const topology = { ...(await readTopology(root, 4)), cells: cellsOf(root) };
      const migration = { live: row.liveMigrate === true, transports: [] };
      const migrates = row.liveMigrate === true || row.offlineMigrate === true;
      const host = { arch, processor, topology, ...(migrates && { migration }) };
      return { got: { xml: formatCapabilities(host, []) } };
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};
