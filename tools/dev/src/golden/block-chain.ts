import type { NamedNode } from "@libvirt-ts/driver-qemu/monitor";
import type { Corpus, Row } from "./corpus.ts";

const images = 5;

/** The chain of README §5.2: `libvirt-1-format` on top of four others, with what QEMU tells of those it has. */
export function chainOf(row: Row, corpus: Corpus): { chain: NamedNode[]; known: ReadonlySet<string> } {
  const nodes = JSON.parse(corpus.text(row.input)) as NamedNode[]; // QEMU's answer
  const byName = new Map(nodes.map((node) => [node["node-name"], node]));
  const names = Array.from({ length: images }, (_, i) => `libvirt-${i + 1}-format`);
  const absent = (name: string): NamedNode => ({
    "node-name": name,
    image: { "virtual-size": 0 },
    write_threshold: 0,
  });
  return { chain: names.map((name) => byName.get(name) ?? absent(name)), known: new Set(byName.keys()) };
}
