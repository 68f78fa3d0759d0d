import type { Connect } from "@libvirt-ts/client";
import { describe, expect, test } from "vitest";
import { describeStories, type Stories } from "./story.ts";
import { connectTo, type Target } from "./target.ts";

const unknown = 2 ** 30;
const cpu = (features = "") =>
  `<cpu><arch>x86_64</arch><model>Nehalem</model><topology sockets='1' cores='1' threads='1'/>${features}</cpu>`;

/** What a connection tells about itself and the machine. */
export function describeHost(target: Target): void {
  describe("host", () => {
    describeStories(target, () => connectTo(target), stories);
    describeStories(target, () => connectTo(target), processors);
    describe.skipIf("knows nothing newer than 9.0" in target.differences)("newer calls", () =>
      describeStories(target, () => connectTo(target), newer),
    );

    test("the connection itself", async () => {
      const connect = await connectTo(target);
      expect(await connect.getUri()).toBe(target.uri);
      expect(await connect.isSecure()).toBe(true);
      expect(await connect.getLibVersion()).toBeGreaterThanOrEqual(9_000_000n);
      expect(await connect.getVersion()).toBeGreaterThan(0n);
      expect(await connect.getHostname()).toMatch(/./);
      expect(await connect.getType()).toMatch(/^[A-Z]+$/);
    });

    test("what guests may be", async () => {
      const connect = await connectTo(target);
      expect(await connect.getCapabilities()).toMatch(/^<capabilities>.*<guest>.*<\/capabilities>\n$/s);
      if (!("knows nothing newer than 9.0" in target.differences))
        expect(await connect.getDomainCapabilities({})).toMatch(/^<domainCapabilities>/);
      expect(await connect.getMaxVcpus({})).toBeGreaterThan(0);
    });
  });
}

const stories: Stories<Connect> = {
  "the machine": [
    [
      async (c) => Object.keys(await c.nodeGetInfo()),
      ["model", "memory", "cpus", "mhz", "nodes", "sockets", "cores", "threads"],
    ],
    [async (c) => (await c.nodeGetFreeMemory()) > 0n, true],
    [async (c) => (await c.nodeGetCellsFreeMemory({ startCell: 0, maxcells: 2 })).length > 0, true],
    [(c) => c.nodeGetCellsFreeMemory({ startCell: 99, maxcells: 2 }), "INVALID_ARG/driver"],
    [(c) => c.nodeGetCellsFreeMemory({ startCell: 0, maxcells: 0 }), "INVALID_ARG/DOMAIN"],
    [async (c) => Object.keys(await c.nodeGetCpuStats({ cpuNum: -1 })), ["0", "1", "2", "3"]],
    [(c) => c.nodeGetCpuStats({ cpuNum: -1, flags: unknown }), "INVALID_ARG/driver"],
    [async (c) => (await c.nodeGetCpuMap({ needMap: 1, needOnline: 1 })).online > 0, true],
    [(c) => c.nodeGetCpuMap({ needMap: 1, needOnline: 1, flags: 1 }), "INVALID_ARG/driver"],
    [async (c) => Object.keys(await c.nodeGetSecurityModel()), ["model", "doi"]],
    [async (c) => (await c.getSysinfo()).startsWith("<sysinfo"), true],
    [(c) => c.getSysinfo({ flags: 1 }), "INVALID_ARG/driver"],
  ],
  "statistics, asked wrongly": [
    [
      (c) => c.getAllDomainStats({ doms: [], stats: 0, flags: unknown }),
      [{ dom: "test", params: { "state.state": 1, "state.reason": 0 } }],
    ],
  ],
  features: [
    [(c) => c.supportsFeature(9), true],
    [(c) => c.supportsFeature(14), true],
    [(c) => c.supportsFeature(15), true],
    [(c) => c.supportsFeature(16), true],
    [(c) => c.supportsFeature(1), false],
    [(c) => c.supportsFeature(99), false],
  ],
};

const processors: Stories<Connect> = {
  "models of processors": [
    [async (c) => (await c.getCpuModelNames({ arch: "x86_64" })).includes("Nehalem"), true],
    [(c) => c.getCpuModelNames({ arch: "none" }), "INVALID_ARG/driver"],
    [(c) => c.getCpuModelNames({ arch: "x86_64", flags: 1 }), "INVALID_ARG/driver"],
    [async (c) => /<model[^>]*>Nehalem</.test(await c.baselineCpu({ xmlCPUs: [cpu()] })), true],
    [(c) => c.baselineCpu({ xmlCPUs: [] }), "INVALID_ARG/DOMAIN"],
    [(c) => c.baselineCpu({ xmlCPUs: ["<cpu"] }), "XML_DETAIL/CPU"],
    [(c) => c.baselineCpu({ xmlCPUs: [cpu()], flags: unknown }), "INVALID_ARG/driver"],
    [async (c) => /name=['"]lahf_lm/.test(await c.baselineCpu({ xmlCPUs: [cpu()], flags: 1 })), true],

    [(c) => c.nodeGetFreePages({ pages: [4], startCell: 0, cellCount: 1, flags: 1 }), "INVALID_ARG/driver"],
    [(c) => c.nodeGetFreePages({ pages: [], startCell: 0, cellCount: 1 }), "INVALID_ARG/DOMAIN"],
  ],
};

const newer: Stories<Connect> = {
  "what guests may be, asked wrongly": [
    [(c) => c.getDomainCapabilities({ flags: unknown }), "INVALID_ARG/driver"],
    [(c) => c.getDomainCapabilities({ arch: "none" }), "INVALID_ARG/driver"],
    [(c) => c.getDomainCapabilities({ virttype: "none" }), "INVALID_ARG/driver"],
  ],
  "free pages, which 9.0 tells to none of its clients": [
    [async (c) => (await c.nodeGetFreePages({ pages: [4], startCell: 0, cellCount: 1 })).length, 1],
  ],
};
