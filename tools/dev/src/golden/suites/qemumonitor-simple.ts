import { Monitor } from "@libvirt-ts/driver-qemu/monitor";
import { scriptedMonitor } from "../scripted-monitor.ts";
import type { Suite } from "../suite.ts";

/** Methods that are not called as the C function is, but for its prefix and case. */
const renamed: Readonly<Record<string, string>> = { startcpus: "cont", stopcpus: "stop" };

/** Calls without arguments: the command each one sends. */
export const suite: Suite = {
  async run(row) {
    const { function: called } = row.input as unknown as { function: string }; // the README's format
    const plain = called.replace("qemuMonitorJSON", "").toLowerCase();
    const { qmp, requests } = scriptedMonitor(() => ({ return: {} }));
    // The first thing a conversation says.
    if (plain === "setcapabilities") await qmp.negotiate();
    else {
      const methods = new Monitor(qmp) as unknown as Record<string, () => Promise<unknown>>; // looked up by name
      const name = Object.keys(methods).find((each) => each.toLowerCase() === (renamed[plain] ?? plain));
      if (name === undefined) throw new Error(`no method for ${called}`);
      await methods[name]?.();
    }
    return { got: { command: requests[0]?.execute ?? "" } };
  },
};
