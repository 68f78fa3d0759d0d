import { readCpus } from "@libvirt-ts/host";
import { readBackCpu } from "../cpu/read-back.ts";
import type { Guest, QemuDomain } from "../guest.ts";
import { type DisplayPassword, displayPassword } from "../hotplug/graphics-password.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { pinThreads } from "./pin.ts";

const KIB = 1024;

/**
 * Learns from a fresh QEMU what only it knows, and gives it what does not fit on a command line. All questions
 * go out at once: QEMU answers them one by one, but nobody waits in between.
 */
export async function configureGuest(driver: QemuDriver, domain: QemuDomain, guest: Guest): Promise<void> {
  const { monitor } = guest;
  const { def } = domain;
  const balloonKiB =
    hasBalloon(def) && def.currentMemoryKiB < def.memoryKiB ? def.currentMemoryKiB : undefined;
  const [chardevs, cpus, devices] = await Promise.all([
    hasTerminals(def) ? monitor.queryChardev() : [],
    monitor.queryCpusFast(),
    monitor.devices(),
    balloonKiB === undefined ? undefined : monitor.balloon(balloonKiB * KIB),
    ...downLinks(def).map((alias) => monitor.setLink(alias, false)),
    ...passwords(driver, def).flatMap(({ protocol, password, connected, expires }) => [
      monitor.setPassword(protocol, password, connected),
      monitor.expirePassword(protocol, expires),
    ]),
  ]);
  // Without a balloon the guest has all of its memory.
  if (!hasBalloon(def)) def.currentMemoryKiB = def.memoryKiB;
  for (const { label, filename } of chardevs) {
    if (filename.startsWith("pty:"))
      setTerminal(def, label.replace(/^char/, ""), filename.slice("pty:".length));
  }
  guest.facts.devices = devices;
  guest.facts.vcpus = cpus
    .map((cpu) => ({ id: cpu["cpu-index"], tid: cpu["thread-id"] }))
    .sort((a, b) => a.id - b.id);
  if (def.cputune)
    await pinThreads(guest, def.cputune, def.vcpu.cpuset ?? (await readCpus(driver.host.root)).online);
  const first = cpus.find((cpu) => cpu["cpu-index"] === 0);
  if (first) await readBackCpu(def, monitor, first["qom-path"]);
  for (const { target } of def.devices.channels) {
    if (target.type === "virtio") target.state = "disconnected";
  }
}

type Definition = QemuDomain["def"];

const hasBalloon = ({ devices }: Definition): boolean =>
  devices.memballoon !== undefined && devices.memballoon.model !== "none";

const terminals = ({ devices }: Definition) => [
  ...devices.serials,
  ...devices.parallels,
  ...devices.channels,
  ...devices.consoles,
];

const hasTerminals = (def: Definition): boolean => terminals(def).some(({ source }) => source.type === "pty");

/** The host's end of a terminal, which QEMU has chosen. */
function setTerminal(def: Definition, alias: string, path: string): void {
  for (const device of terminals(def)) {
    if (device.alias === alias && device.source.type === "pty") device.source.source = { path };
  }
}

/** Of displays: they lie in no command line, where everybody could read them. */
function passwords({ settings, now }: QemuDriver, { devices }: Definition): DisplayPassword[] {
  const usual = { vnc: settings.vnc_password, spice: settings.spice_password };
  return devices.graphics.flatMap((graphics) => displayPassword(graphics, usual, now()) ?? []);
}

const downLinks = ({ devices }: Definition): string[] =>
  devices.interfaces.flatMap(({ alias, link }) => (link === "down" && alias !== undefined ? [alias] : []));
