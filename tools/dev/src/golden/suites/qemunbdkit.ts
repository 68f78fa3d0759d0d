import { parseDomain } from "@libvirt-ts/conf/domain";
import { diskLayers, type ImageLayer, nbdkitCommand } from "@libvirt-ts/driver-qemu/block";
import { countingBytes, zeroMac } from "../random.ts";
import { renderCommand } from "../render-command.ts";
import { firstDifference, type Suite } from "../suite.ts";

interface Expected {
  args: string;
  pipes?: Record<string, string>;
}

const firstPipe = 777;

/** The commands that serve network images, and what goes through their pipes. */
export const suite: Suite = {
  run(row, corpus) {
    const options = { inactive: true, skipCheck: true, random: countingBytes, newMac: zeroMac };
    const def = parseDomain(corpus.text(row.input), { ...options, hostArch: "x86_64" });
    const plugins = (row.nbdkitCaps as string[]).map((name) => name.replace("QEMU_NBDKIT_CAPS_PLUGIN_", "")); // the README's format
    const got: Record<string, string> = {};
    let next = firstPipe;
    for (const [i, disk] of def.devices.disks.entries()) {
      let n = 0;
      for (let layer: ImageLayer | null | undefined = diskLayers(disk); layer; layer = layer.backing, n++) {
        const name = `disk${i}-src${n}`;
        const pipes: Record<string, string> = {};
        const command = nbdkitCommand(
          { ...layer, readonly: disk.readonly === true },
          {
            program: "nbdkit",
            socket: `/tmp/domain-${def.name}/nbdkit-${name}.socket`,
            secret: ({ type, usage }) => Buffer.from(`${type}-${usage}-secret`),
            pipe(content) {
              pipes[next + 1] = Buffer.from(content).toString();
              next += 2;
              return next - 2;
            },
          },
        );
        const plugin =
          layer.place.type === "network" && layer.place.source?.protocol === "ssh" ? "SSH" : "CURL";
        if (command === undefined || !plugins.includes(plugin)) continue;
        const wanted = row.expected?.[name] as Expected | undefined; // the README's format
        const env = command.env.map(([variable, value]) => `${variable}=${value} \\\n`).join("");
        const differs =
          wanted &&
          (firstDifference(env + renderCommand(command.args), corpus.file(wanted.args)) ??
            firstDifference(JSON.stringify(pipes), JSON.stringify(textsOf(wanted.pipes ?? {}))));
        got[name] = differs?.replaceAll("\n", " ") ?? JSON.stringify(wanted);
      }
    }
    return { got };

    function textsOf(files: Record<string, string>): Record<string, string> {
      return Object.fromEntries(Object.entries(files).map(([fd, file]) => [fd, corpus.file(file).trimEnd()]));
    }
  },
};
