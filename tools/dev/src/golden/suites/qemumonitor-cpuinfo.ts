import { type CpuFast, type HotpluggableCpu, type VcpuInfo, vcpuInfo } from "@libvirt-ts/driver-qemu/monitor";
import { replyIn } from "../json.ts";
import type { Suite } from "../suite.ts";

/** The two lists QEMU has of its vCPUs, made into one. */
export const suite: Suite = {
  run(row, corpus) {
    const { cpus, hotplug } = row.inputs as { cpus: string; hotplug?: string }; // the README's format
    const running = replyIn(corpus.file(cpus)) as CpuFast[]; // QEMU's answer
    const entities = (hotplug === undefined ? [] : replyIn(corpus.file(hotplug))) as HotpluggableCpu[]; // as above
    return { got: { data: vcpuInfo(running, entities, Number(row.maxvcpus)).map(listing).join("") } };
  },
};

const levels = [
  ["socket", "socket-id"],
  ["die", "die-id"],
  ["cluster_id", "cluster-id"],
  ["core", "core-id"],
  ["thread", "thread-id"],
  ["node", "node-id"],
] as const;

function listing({ online, hotpluggable, threadId, index, halted, entity }: VcpuInfo, id: number): string {
  const yesNo = (value: boolean) => (value ? "yes" : "no");
  const lines = [
    `[vcpu libvirt-id='${id}']`,
    `    online=${yesNo(online)}`,
    `    hotpluggable=${yesNo(hotpluggable)}`,
  ];
  if (threadId !== 0) lines.push(`    thread-id='${threadId}'`);
  if (entity && entity.order > 0) lines.push(`    enable-id='${entity.order}'`);
  if (index !== undefined) lines.push(`    query-cpus-id='${index}'`);
  if (entity) {
    lines.push(`    type='${entity.type}'`);
    if (entity.alias) lines.push(`    alias='${entity.alias}'`);
    if (entity.qomPath) lines.push(`    qom_path='${entity.qomPath}'`);
    const place = levels.flatMap(([word, key]) =>
      entity.place[key] === undefined ? [] : [` ${word}='${entity.place[key]}'`],
    );
    lines.push(`    topology:${place.join("")} vcpus='${entity.vcpus}'`);
  }
  if (halted) lines.push("    halted");
  return `${lines.join("\n")}\n`;
}
