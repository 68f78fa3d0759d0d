import { NodeAllocPagesFlags, NodeGetCpuStatsAllCpus, NodeGetMemoryStatsAllCells } from "@libvirt-ts/api";
import { doing, flag, int, required, ShellError, scaled, unsignedLongLong } from "@libvirt-ts/cli";
import type { Connect } from "@libvirt-ts/client";
import { formatBitmap } from "@libvirt-ts/util/bitmap";
import { parseXml } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { exclusive } from "../support/options.ts";
import { all, at } from "../support/xml.ts";

export const allocpages = command("allocpages", {
  help: "change how many huge pages the host keeps",
  options: {
    pagesize: required(scaled("size of the pages in KiB", { scale: 1024n })),
    pagecount: required(unsignedLongLong("how many pages")),
    cellno: int("number of the NUMA cell"),
    add: flag("on top of those that are there"),
    all: flag("all of them"),
  },
  async run({ pagesize, pagecount, cellno, add, all: everywhere }, { connect }) {
    exclusive({ all: everywhere, cellno });
    const startCell = cellno ?? -1;
    const cellCount = everywhere ? (await cellsOf(connect)).length : 1;
    const flags = add ? NodeAllocPagesFlags.ADD : NodeAllocPagesFlags.SET;
    const pageSizes = [Number(pagesize / 1024n)];
    await connect.nodeAllocPages({
      pageSizes,
      pageCounts: [pagecount],
      startCell: everywhere ? 0 : startCell,
      cellCount,
      flags,
    });
  },
});

/** Ids of the host's NUMA cells. */
async function cellsOf(connect: Connect): Promise<number[]> {
  const capabilities = parseXml(await connect.getCapabilities());
  const cells = at(capabilities, "host", "topology", "cells");
  if (cells === undefined) throw new ShellError("could not get information about NUMA topology");
  return all(cells, "cell").map(({ attrs }) => Number(attrs.id));
}
export const freecell = command("freecell", {
  help: "tell how much memory is free, by NUMA cell",
  options: { cellno: int("number of the NUMA cell"), all: flag("all of them") },
  async run({ cellno, all: everywhere }, { connect, out }) {
    exclusive({ all: everywhere, cellno });
    if (everywhere) {
      const cells = await cellsOf(connect);
      const free = await Promise.all(
        cells.map(async (startCell) => {
          const [bytes = 0n] = await connect.nodeGetCellsFreeMemory({ startCell, maxcells: 1 });
          return bytes / 1024n;
        }),
      );
      const rows = cells.map((cell, place) => [`${cell}`, free[place] ?? 0n] as const);
      for (const [cell, kib] of rows) out.line(`${cell.padStart(5)}: ${String(kib).padStart(10)} KiB`);
      const total = String(free.reduce((sum, kib) => sum + kib, 0n)).padStart(10);
      out.extra(`--------------------\nTotal: ${total} KiB\n`);
      return;
    }
    if (cellno === undefined) out.line(`Total: ${(await connect.nodeGetFreeMemory()) / 1024n} KiB`);
    else {
      const [bytes = 0n] = await connect.nodeGetCellsFreeMemory({ startCell: cellno, maxcells: 1 });
      out.line(`${cellno}: ${bytes / 1024n} KiB`);
    }
  },
});

export const freepages = command("freepages", {
  help: "tell how many pages are free, by NUMA cell",
  options: {
    cellno: int("number of the NUMA cell"),
    pagesize: scaled("size of the pages in KiB", { scale: 1024n }),
    all: flag("all of them"),
  },
  async run({ cellno, pagesize, all: everywhere }, { connect, out }) {
    exclusive({ all: everywhere, cellno });
    const capabilities = parseXml(await doing("unable to get node capabilities", connect.getCapabilities()));
    if (everywhere) {
      const cpu = at(capabilities, "host", "cpu");
      const sizes =
        pagesize === undefined
          ? (cpu === undefined ? [] : all(cpu, "pages")).map(({ attrs }) => Number(attrs.size))
          : [Number(pagesize / 1024n)];
      sizes.sort((a, b) => a - b);
      for (const cell of await cellsOf(connect)) {
        out.line(`Node ${cell}:`);
        const counts = await connect.nodeGetFreePages({ pages: sizes, startCell: cell, cellCount: 1 });
        sizes.forEach((size, place) => {
          out.line(`${size}KiB: ${counts[place]}`);
        });
        out.gap();
      }
      return;
    }
    if (cellno === undefined) throw new ShellError("missing cellno argument");
    if (pagesize === undefined) throw new ShellError("missing pagesize argument");
    const pages = [Number(pagesize / 1024n)];
    const [count] = await connect.nodeGetFreePages({ pages, startCell: cellno, cellCount: 1 });
    out.line(`${pages[0]}KiB: ${count}`);
  },
});

export const nodecpumap = command("nodecpumap", {
  help: "tell which processors of the host are there",
  options: { pretty: flag("for people") },
  async run({ pretty }, { connect, out }) {
    const {
      cpumap,
      online,
      ret: cpus,
    } = await doing("Unable to get cpu map", connect.nodeGetCpuMap({ needMap: 1, needOnline: 1 }));
    const isOn = (cpu: number) => (((cpumap[cpu >> 3] ?? 0) >> (cpu & 7)) & 1) === 1;
    const numbers = Array.from({ length: cpus }, (_, cpu) => cpu);
    out.field("CPUs present:", String(cpus));
    out.field("CPUs online:", String(online));
    const map = pretty
      ? formatBitmap(numbers.filter(isOn))
      : numbers.map((cpu) => (isOn(cpu) ? "y" : "-")).join("");
    out.field("CPU map:", map);
  },
});

export const nodecpustats = command("nodecpustats", {
  help: "tell how busy the processors of the host are",
  options: { cpu: int("one processor"), percent: flag("in percent of a second") },
  async run({ cpu, percent }, { connect, out }) {
    const cpuNum = cpu ?? NodeGetCpuStatsAllCpus.ALL_CPUS;
    const read = async () => {
      const stats = await doing("Unable to get node cpu stats", connect.nodeGetCpuStats({ cpuNum }));
      return new Map(stats.map(({ field, value }) => [field, value]));
    };
    const names = [
      ["user", "user:"],
      ["kernel", "system:"],
      ["idle", "idle:"],
      ["iowait", "iowait:"],
      ["intr", "intr:"],
    ] as const;
    const first = await read();
    if (!percent) {
      const rows = names.filter(([field]) => first.has(field));
      out.fields(
        rows.map(([field, title]) => [title, String(first.get(field)).padStart(20)]),
        15,
      );
      const usage = first.get("utilization");
      if (usage !== undefined) out.field("usage:", `${Number(usage).toFixed(1).padStart(5)}%`, 15);
      return;
    }
    if (first.has("utilization")) {
      const busy = Number(first.get("utilization"));
      const percentages = [
        ["usage:", busy],
        ["idle:", 100 - busy],
      ] as const;
      out.fields(
        percentages.map(([title, value]) => [title, percentText(value)]),
        15,
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000)); // what is shown is what happened in it
    const second = await read();
    const change = (field: string) => Number((second.get(field) ?? 0n) - (first.get(field) ?? 0n));
    const total = names.reduce((sum, [field]) => sum + change(field), 0);
    const share = (value: number) => percentText((value / total) * 100);
    const rows = names.filter(([field]) => second.has(field));
    out.fields(
      [
        ["usage:", share(change("user") + change("kernel"))],
        ...rows.map(([field, title]) => [title, share(change(field))] as const),
      ],
      15,
    );
  },
});

/** Nothing happened at all: then it is no number. */
const percentText = (value: number): string =>
  `${(Number.isNaN(value) ? "-nan" : value.toFixed(1)).padStart(5)}%`;

export const nodememstats = command("nodememstats", {
  help: "tell how much memory of the host is used",
  options: { cell: int("one NUMA cell") },
  async run({ cell }, { connect, out }) {
    const cellNum = cell ?? NodeGetMemoryStatsAllCells.ALL_CELLS;
    const params = await doing(
      "Unable to get number of memory stats",
      connect.nodeGetMemoryStats({ cellNum }),
    );
    for (const { field, value } of params) out.line(`${field.padEnd(7)}: ${String(value).padStart(20)} KiB`);
  },
});
