import { rm } from "node:fs/promises";
import { readFact } from "@libvirt-ts/host";
import type { Reason, State } from "@libvirt-ts/hypervisor";
import { Domain } from "@libvirt-ts/hypervisor";
import { Undo } from "@libvirt-ts/util/undo";
import { invalid } from "../driver/common.ts";
import { Guest, type QemuDomain } from "../guest.ts";
import { adoptHelpers } from "../helpers/helpers.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { parseStatus, type StoredStatus } from "../status-xml.ts";
import { capsOf, readDefinition } from "./definition.ts";
import type { GuestPaths } from "./guest-paths.ts";
import { guestPaths } from "./guest-paths.ts";
import { GuestProcess } from "./guest-process.ts";
import { portWish, runScript } from "./interfaces.ts";
import { removeLeftovers } from "./leftovers.ts";
import { memoryFolders } from "./memory-folders.ts";
import { takeBackImages } from "./ownership.ts";
import { fakeReboot } from "./reboot.ts";
import { connect } from "./start.ts";
import { stopGuest } from "./stop.ts";

/**
 * Makes the guests known that an earlier daemon left.
 * @returns what remains to be done for each, at once and independently: afterwards it is ours again, or gone
 */
export async function loadRunning(driver: QemuDriver): Promise<(() => Promise<void>)[]> {
  const stored = await driver.status.load();
  const tasks = stored.map(async ({ name, text }) => {
    try {
      return await takeOver(driver, parseStatus(text));
    } catch (error) {
      driver.log.error({ err: error, domain: name }, "cannot read the status of a guest");
      return undefined;
    }
  });
  const takeOvers = (await Promise.all(tasks)).filter((task) => task !== undefined);
  if (takeOvers.length === stored.length) await removeLeftovers(driver);
  return takeOvers;
}

async function takeOver(driver: QemuDriver, status: StoredStatus): Promise<() => Promise<void>> {
  const def = await readDefinition(driver, status.domain, {
    inactive: false,
    abiUpdate: false,
    status: true,
  });
  const domain: QemuDomain = new Domain({ def, isPersistent: false, watcher: driver.watcher });
  const id = def.id ?? 0;
  driver.reserveId(id);
  domain.id = id;
  domain.adopt(status.state);
  driver.domains.add(domain);
  const guest = await adoptGuest(driver, domain, status);
  domain.live = guest;
  return () => reattach(driver, domain, guest);
}

async function adoptGuest(
  driver: QemuDriver,
  domain: QemuDomain,
  { head, pid }: StoredStatus,
): Promise<Guest> {
  const standard = guestPaths(driver.dirs, domain.id, domain.name);
  const paths: GuestPaths = {
    ...standard,
    lib: head.libDir ?? standard.lib,
    monitor: head.monitor?.path ?? standard.monitor,
    channel: head.channelTargetDir ?? standard.channel,
    memoryBacking: head.memoryBackingDir ?? standard.memoryBacking,
  };
  const teardown = new Undo();
  teardown.add(driver.inhibit());
  teardown.add(() => takeBackImages(driver, head.formerOwners));
  reserve(driver, domain, teardown, paths);
  for (const folder of await memoryFolders(driver, domain.def, paths))
    teardown.add(() => rm(folder, { recursive: true, force: true }));
  await adoptHelpers(domain, paths, teardown);
  const guest = new Guest({
    process: (await isQemuOf(driver, domain.name, pid))
      ? (GuestProcess.find(pid) ?? GuestProcess.ended(pid))
      : GuestProcess.ended(pid),
    facts: {
      paths,
      caps: await capsOf(driver, domain.def),
      vcpus: (head.vcpus?.vcpus ?? []).map(({ id, pid: tid }) => ({ id, tid })),
      devices: (head.devices?.devices ?? []).map(({ value }) => value),
      taints: new Set(head.taints.map(({ value }) => value as "high-privileges")), // an older daemon's word is kept as it is
      fakeReboot: head.fakeReboot === true,
      allowReboot: head.allowReboot ?? true,
      nodeNameIndex: head.nodeNameIndex ?? 0,
      fdSetIndex: head.fdSetIndex ?? 0,
      stdioLogd: head.chardevStdioLogd === true,
      agentTimeout: head.agentTimeout ?? -2,
      lockState: head.lockState,
      formerOwners: head.formerOwners,
      originalCpu: domain.def.cpu,
    },
    teardown,
    report: (err) => driver.log.error({ err, domain: domain.name }, "work of the guest failed"),
  });
  return guest;
}

/** A number may belong to somebody else by now. A child that has not become QEMU yet ends by itself. */
async function isQemuOf({ host }: QemuDriver, name: string, pid: number): Promise<boolean> {
  const words = (await readFact(`${host.root}/proc/${pid}/cmdline`))?.split("\0") ?? [];
  return words.some((word) => word === `guest=${name}` || word.startsWith(`guest=${name},`));
}

/** Books what the guest has been using, and how to give it back. */
function reserve(driver: QemuDriver, { def }: QemuDomain, teardown: Undo, paths: GuestPaths): void {
  for (const path of [paths.lib, paths.channel, paths.pidFile])
    teardown.add(() => rm(path, { recursive: true, force: true }));
  for (const graphics of def.devices.graphics) {
    if (graphics.type !== "vnc") continue;
    const { port, websocket } = graphics;
    if (graphics.autoport && port !== undefined && port > 0) {
      driver.displayPorts.reserve(port);
      teardown.add(() => driver.displayPorts.release(port));
    }
    if (websocket !== undefined && websocket > 0) {
      driver.websocketPorts.reserve(websocket);
      teardown.add(() => driver.websocketPorts.release(websocket));
    }
  }
  for (const net of def.devices.interfaces) {
    const tap = net.target?.dev;
    if (tap !== undefined) driver.taps.reserve(tap);
    const { downscript } = net;
    if (tap !== undefined && downscript !== undefined) teardown.add(() => runScript(downscript, tap));
    const uuid = net.type === "network" ? net.source?.portid : undefined;
    if (net.type === "network" && uuid !== undefined)
      teardown.add(() => driver.networks.deletePort(net.source?.network ?? "", uuid));
  }
}

async function reattach(driver: QemuDriver, domain: QemuDomain, guest: Guest): Promise<void> {
  const log = driver.log.child({ domain: domain.name });
  try {
    await domain.jobs.run("modify", { api: "reconnect" }, async () => {
      if (domain.state.reason === "starting up") throw invalid("domain was not completely started");
      await connect(driver, domain, guest);
      guest.isStarting = false;
      await correctState(domain, guest);
      await refresh(domain, guest);
      await reclaimPorts(driver, domain);
      finishPending(driver, domain, guest);
      driver.status.save(domain);
    });
  } catch (error) {
    if (guest.process.hasEnded) log.info("guest has ended while nobody watched");
    else log.error({ err: error }, "cannot take over the guest");
    guest.isStarting = false;
    const reason = whyOver(domain, guest);
    const detail = reason === "shutdown" ? "shutdown" : "failed";
    await stopGuest(driver, domain, guest, { name: "shutoff", reason }, { event: "stopped", detail });
  }
}

/** A guest that cannot be taken over must not run on: it could be started a second time. */
function whyOver({ state }: QemuDomain, guest: Guest): Reason<"shutoff"> {
  if (state.reason === "starting up") return "failed";
  if (guest.hasShutDown || state.name === "shutdown") return "shutdown";
  return guest.process.hasEnded ? "crashed" : "daemon";
}

/** QEMU's word on whether the guest runs counts more than what we last wrote down. */
async function correctState(domain: QemuDomain, guest: Guest): Promise<void> {
  const { running, status } = await guest.monitor.queryStatus();
  const now = domain.state;
  if (status === "shutdown") {
    guest.hasShutDown = true;
    if (now.name !== "shutdown") domain.adopt({ name: "shutdown", reason: "unknown" });
  } else if (running && now.name !== "running") {
    domain.adopt({ name: "running", reason: "unpaused" });
  } else if (!running && now.name === "running") {
    domain.adopt(pausedBy(status));
  } else if (status === "guest-panicked" && now.name !== "crashed") {
    domain.adopt({ name: "crashed", reason: "panicked" });
  }
}

function pausedBy(status: string): State {
  if (status === "io-error") return { name: "paused", reason: "ioerror" };
  if (status === "watchdog") return { name: "paused", reason: "watchdog" };
  if (status === "guest-panicked") return { name: "crashed", reason: "panicked" };
  if (status === "suspended") return { name: "pmsuspended", reason: "unknown" };
  return { name: "paused", reason: "unknown" };
}

async function refresh({ def }: QemuDomain, guest: Guest): Promise<void> {
  const { monitor } = guest;
  const channels = def.devices.channels.filter(({ target }) => target.type === "virtio");
  const [cpus, devices, chardevs] = await Promise.all([
    monitor.queryCpusFast(),
    monitor.devices(),
    channels.length > 0 ? monitor.queryChardev() : [],
  ]);
  guest.facts.vcpus = cpus
    .map((cpu) => ({ id: cpu["cpu-index"], tid: cpu["thread-id"] }))
    .sort((a, b) => a.id - b.id);
  guest.facts.devices = devices;
  for (const { alias, target } of channels) {
    const info = chardevs.find(({ label }) => label === `char${alias}`);
    if (target.type === "virtio" && info) target.state = info["frontend-open"] ? "connected" : "disconnected";
  }
}

/** A network daemon that lost its memory learns again who its ports belong to. */
async function reclaimPorts(driver: QemuDriver, domain: QemuDomain): Promise<void> {
  for (const net of domain.def.devices.interfaces) {
    if (net.type !== "network" || net.source?.portid === undefined) continue;
    try {
      await driver.networks.createPort(net.source.network ?? "", portWish(domain, net), { reclaim: true });
    } catch (error) {
      driver.log.warn({ err: error, domain: domain.name }, "cannot reclaim the network port of a guest");
    }
  }
}

/** What an event asked for while nobody listened. */
function finishPending(driver: QemuDriver, domain: QemuDomain, guest: Guest): void {
  if (domain.state.name !== "shutdown") return;
  if (guest.facts.fakeReboot || domain.def.onPoweroff === "restart") {
    guest.hasShutDown = false;
    guest.queue.push(() => fakeReboot(driver, domain, guest));
  } else {
    guest.process.signal("SIGTERM");
  }
}
