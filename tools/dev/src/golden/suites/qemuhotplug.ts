import {
  type AnyDevice,
  type DomainDef,
  fillNewDevice,
  formatDomain,
  parseDevice,
  parseDomain,
  removeDevice,
} from "@libvirt-ts/conf/domain";
import { assignAddresses, assignAliases, type CommandContext } from "@libvirt-ts/driver-qemu/command";
import {
  FdAllocator,
  findDevice,
  partsOf,
  placeDevice,
  plugSteps,
  prepareDevice,
  type QmpStep,
  unplugSteps,
  updatePassword,
} from "@libvirt-ts/driver-qemu/hotplug";
import type { Corpus, Row } from "../corpus.ts";
import { schemaOf } from "../json.ts";
import { plug } from "../plug.ts";
import { capsOf } from "../qemu/caps.ts";
import { contextOf } from "../qemu/context.ts";
import { iommuGroup } from "../qemu/plug.ts";
import { validateStep } from "../qemu/validate.ts";
import { countingBytes, zeroMac } from "../random.ts";
import type { Suite } from "../suite.ts";

interface Exchange {
  command: string;
  reply: string;
}

/** Guests of chains of cases, from one step to the next. */
const guests = new Map<string, DomainDef>();
const guestId = 7;
const pretendedNowMs = 1_234_567_890_000;
/** What the live driver asks besides what the device takes. */
const questions: ReadonlySet<string> = new Set(["query-block", "query-fdsets", "qom-list"]);

/** Devices plugged in and out of a guest: what QEMU is told, and what the definition says then. */
export const suite: Suite = {
  run(row, corpus) {
    const chain = String(row.chain);
    const def = Number(row.step) > 0 ? guests.get(chain) : start(row, corpus);
    if (def === undefined) throw new Error("the step before has failed");
    guests.delete(chain);
    if (row.keepVm === true) guests.set(chain, def);
    const { device: file } = row.inputs as { device: string }; // the README's format
    const found = parseDevice(corpus.file(file), { inactive: row.action === "ATTACH" });
    const script = ((row.monitor ?? []) as Exchange[]).filter(({ command }) => !questions.has(command));
    if (row.action === "UPDATE" && found.kind === "graphics") {
      check(updateDisplay(def, found.device), script, row, corpus);
      return { got: { xml: shown(def) } };
    }
    const steps = row.action === "ATTACH" ? attach(def, found, row, corpus) : detach(def, found, row, corpus);
    const isGone =
      script.some(({ reply }) => reply.includes("DEVICE_DELETED")) ||
      !steps.some(({ command }) => command === "device_del");
    const done = isGone || row.action === "ATTACH" ? steps : steps.slice(0, 1);
    check(done, script, row, corpus);
    noteTerminal(found, script);
    if (row.action === "DETACH") {
      const device = findDevice(def, found);
      if (!isGone) return { error: "the guest has not let go", got: { xml: shown(def) } };
      if (device) removeDevice(def.devices, device);
    }
    return { got: { xml: shown(def) } };
  },
};

type Graphics = DomainDef["devices"]["graphics"][number];

function updateDisplay({ devices }: DomainDef, next: Graphics): QmpStep[] {
  const old = devices.graphics.find(({ type }) => type === next.type);
  if (old === undefined) throw new Error("device not found");
  const { password: told, apply } = updatePassword(old, next, { usual: {}, nowMs: pretendedNowMs });
  apply();
  if (!told) return [];
  const { protocol, password, connected, expires } = told;
  return [
    { command: "set_password", args: { protocol, password, connected } },
    { command: "expire_password", args: { protocol, time: expires } },
  ];
}

/** The terminal QEMU has chosen. */
function noteTerminal(found: AnyDevice, script: readonly Exchange[]): void {
  const path = script
    .map(({ reply }) => /"pty": "([^"]+)"/.exec(reply)?.[1])
    .find((each) => each !== undefined);
  if (path !== undefined && found.kind === "console" && found.device.source.type === "pty")
    found.device.source.source = { path };
}

const shown = (def: DomainDef) => formatDomain(def, { secure: true });

function start(row: Row, corpus: Corpus): DomainDef {
  const def = parseDomain(corpus.text(row.input), {
    ...options(row),
    ...(plug && { hooks: plug.hooks(row, corpus) }),
  });
  assignAddresses(def, capsOf(row, corpus), { isNew: true });
  assignAliases(def);
  def.id = guestId;
  return def;
}

const options = (row: Row) => ({
  random: countingBytes,
  newMac: zeroMac,
  defaultSecurityModel: "none",
  ...(row.arch !== undefined && { hostArch: row.arch }),
});

function contextFor(def: DomainDef, row: Row, corpus: Corpus) {
  const context: CommandContext = contextOf(def, capsOf(row, corpus), row);
  return { ...context, def, fds: new FdAllocator(), passFds: true, bootIndexes: new Map() };
}

function attach(def: DomainDef, found: AnyDevice, row: Row, corpus: Corpus): QmpStep[] {
  fillNewDevice(found, def, { ...options(row), ...(plug && { hooks: plug.hooks(row, corpus) }) });
  prepareDevice(found, {
    domain: `/var/lib/libvirt/qemu/domain-${guestId}-${def.name}`,
    channelTarget: `/var/run/libvirt/qemu/channel/${guestId}-${def.name}`,
  });
  if (found.kind === "disk" && found.device.driver?.type === "raw") found.device.backingStore ??= {};
  placeDevice(def, found, capsOf(row, corpus), { iommuGroup });
  return plugSteps(found, partsOf(found, contextFor(def, row, corpus)));
}

function detach(def: DomainDef, found: AnyDevice, row: Row, corpus: Corpus): QmpStep[] {
  const device = findDevice(def, found);
  if (device === undefined) throw new Error("device not found");
  const parts = partsOf(device, contextFor(def, row, corpus));
  const { ask, after } = unplugSteps(device, parts);
  return ask ? [ask, ...after] : after;
}

function check(steps: readonly QmpStep[], script: readonly Exchange[], row: Row, corpus: Corpus): void {
  const mine = steps.map(({ command }) => command).join(" ");
  const theirs = script.map(({ command }) => command).join(" ");
  if (mine !== theirs) throw new Error(`commands are '${mine}', not '${theirs}'`);
  const schema = schemaOf(row, corpus);
  for (const step of steps) if (schema) validateStep(step, schema);
}
