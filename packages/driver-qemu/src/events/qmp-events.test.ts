import type { DomainDef } from "@libvirt-ts/conf/domain";
import { Domain } from "@libvirt-ts/hypervisor";
import { silentLogger } from "@libvirt-ts/logging";
import { SerialQueue } from "@libvirt-ts/objects";
import { expect, test } from "vitest";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { handleEvent } from "./qmp-events.ts";

interface Story {
  /** What the guest's definition says, beside being there. */
  def?: object;
  guest?: Partial<Pick<Guest, "pauseReason" | "runReason" | "isRebooting" | "isStarting">>;
  /** State before. */
  from?: Parameters<QemuDomain["adopt"]>[0];
  events: [event: string, data?: object][];
}

/** Plays events to a guest that exists only as far as events look at it. */
function play({ def, guest: facts, from, events }: Story) {
  const seen: string[] = [];
  const devices = { disks: [], channels: [], ...(def as { devices?: object } | undefined)?.devices };
  const full = {
    name: "vm",
    uuid: "11111111-1111-1111-1111-111111111111",
    onPoweroff: "destroy",
    onCrash: "destroy",
    ...def,
    devices,
  };
  const domain: QemuDomain = new Domain({
    def: full as unknown as DomainDef, // as above
    isPersistent: true,
    watcher: { changed: () => {}, lifecycle: (_, { event, detail }) => void seen.push(`${event}/${detail}`) },
  });
  domain.adopt(from ?? { name: "running", reason: "booted" });
  const guest = {
    ...{
      pauseReason: "unknown",
      runReason: "unpaused",
      isStarting: false,
      isRebooting: false,
      hasShutDown: false,
    },
    facts: { fakeReboot: false },
    queue: new SerialQueue(() => {}),
    process: { hasEnded: true, signal: (name: string) => void seen.push(name) },
    ...facts,
  } as unknown as Guest; // as above
  const driver = {
    log: silentLogger(),
    status: { save: () => {} },
    events: {
      emit: (name: string, _: unknown, fields: object) =>
        void seen.push(
          `${name} ${JSON.stringify(fields, (_key, value) => (typeof value === "bigint" ? Number(value) : value))}`,
        ),
    },
    monitorEvents: { emit: () => {} },
  } as unknown as QemuDriver; // as above
  domain.live = guest;
  for (const [event, data = {}] of events) {
    const timestamp = { seconds: 0, microseconds: 0 };
    handleEvent({ driver, domain, guest }, { event, data: { ...data }, timestamp });
  }
  return { seen, state: `${domain.state.name}/${domain.state.reason}` };
}

test.each<[name: string, story: Story, state: string, seen: string[]]>([
  [
    "stopped by a caller",
    { guest: { pauseReason: "user" }, events: [["STOP"]] },
    "paused/user",
    ["suspended/paused"],
  ],
  ["stopped by itself", { events: [["STOP"]] }, "paused/unknown", ["suspended/paused"]],
  [
    "stopped twice",
    { guest: { pauseReason: "user" }, events: [["STOP"], ["STOP"]] },
    "paused/user",
    ["suspended/paused"],
  ],
  [
    "resumed",
    { from: { name: "paused", reason: "user" }, events: [["RESUME"]] },
    "running/unpaused",
    ["resumed/unpaused"],
  ],
  [
    "started",
    { from: { name: "paused", reason: "starting up" }, guest: { runReason: "booted" }, events: [["RESUME"]] },
    "running/booted",
    ["resumed/unpaused"],
  ],
  [
    "off by itself",
    { events: [["SHUTDOWN", { guest: true }], ["STOP"], ["SHUTDOWN", { guest: true }]] },
    "shutdown/unknown",
    ["shutdown/guest", "SIGTERM"],
  ],
  [
    "off by us",
    { events: [["SHUTDOWN", { guest: false }]] },
    "shutdown/unknown",
    ["shutdown/host", "SIGTERM"],
  ],
  [
    "off means again",
    { def: { onPoweroff: "restart" }, events: [["SHUTDOWN", { guest: true }], ["STOP"], ["RESUME"]] },
    "running/booted",
    [],
  ],
  ["reset", { events: [["RESET"]] }, "running/booted", ["reboot {}"]],
  ["reset while starting", { guest: { isStarting: true }, events: [["RESET"]] }, "running/booted", []],
  [
    "asleep and awake",
    { events: [["SUSPEND"], ["WAKEUP"]] },
    "running/wakeup",
    ["pmsuspended/memory", "pmSuspend {}", "started/wakeup", "pmWakeup {}"],
  ],
  [
    "watchdog",
    { events: [["WATCHDOG", { action: "pause" }], ["STOP"]] },
    "paused/watchdog",
    ['watchdog {"action":1}', "suspended/watchdog"],
  ],
  [
    "panic, kept",
    { def: { onCrash: "preserve" }, events: [["GUEST_PANICKED"], ["STOP"]] },
    "crashed/panicked",
    ["crashed/panicked"],
  ],
  [
    "disk full",
    {
      def: {
        devices: { disks: [{ alias: "virtio-disk0", type: "file", source: { file: "/a.img" }, target: {} }] },
      },
      events: [
        [
          "BLOCK_IO_ERROR",
          { "qom-path": "/machine/peripheral/virtio-disk0/virtio-backend", action: "stop", nospace: true },
        ],
        ["STOP"],
      ],
    },
    "paused/ioerror",
    [
      'ioError {"srcPath":"/a.img","devAlias":"virtio-disk0","action":1}',
      'ioErrorReason {"srcPath":"/a.img","devAlias":"virtio-disk0","action":1,"reason":"enospc"}',
      "suspended/ioerror",
    ],
  ],
  [
    "balloon",
    { events: [["BALLOON_CHANGE", { actual: 1048576 }]] },
    "running/booted",
    ['balloonChange {"actual":1024}'],
  ],
  [
    "agent",
    {
      def: {
        devices: {
          channels: [
            {
              alias: "channel0",
              target: { type: "virtio", name: "org.qemu.guest_agent.0", state: "disconnected" },
            },
          ],
        },
      },
      events: [
        ["VSERPORT_CHANGE", { id: "channel0", open: true }],
        ["VSERPORT_CHANGE", { id: "channel0", open: true }],
      ],
    },
    "running/booted",
    ['agentLifecycle {"state":1,"reason":2}'],
  ],
  ["of another time", { events: [["OF_THE_FUTURE"]] }, "running/booted", []],
])("%s", (_name, story, state, seen) => {
  expect(play(story)).toEqual({ state, seen });
});
