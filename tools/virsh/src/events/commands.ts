import { flag, int, type Option, ShellError, text } from "@libvirt-ts/cli";
import { type Context, command } from "../context.ts";
import { findDomain, findNetwork, findNodeDevice, findPool, findSecret } from "../support/lookup.ts";
import { deviceNames, exclusive, namesOf, networkNames, poolNames } from "../support/options.ts";
import { timestamp } from "../support/time.ts";
import { domainKinds } from "./domain-kinds.ts";
import { type EventKind, kind, watch } from "./watch.ts";

/* The commands that wait for events. */

const waiting = {
  loop: flag("go on until Ctrl-C"),
  timeout: int("give up after so many seconds"),
  list: flag("name the events there are"),
  timestamp: flag("with the time"),
} as const;

const word = (words: readonly string[], number: number): string => words[number] ?? "unknown";

/** "event 'X' for network NAME: Y" */
const says = (name: string, what: string, object: string, rest = "") =>
  `event '${name}' for ${what} ${object}${rest}`;

const networkKinds: readonly EventKind[] = [
  kind("lifecycle", "network.lifecycle", ({ net, event }) =>
    says(
      "lifecycle",
      "network",
      net.name,
      `: ${word(["Defined", "Undefined", "Started", "Stopped"], event)}`,
    ),
  ),
  kind("metadata-change", "network.metadataChange", ({ net, type, nsuri }) =>
    says(
      "metadata-change",
      "network",
      net.name,
      `: ${word(["description", "title", "element"], type)} ${nsuri ?? ""}`,
    ),
  ),
];
const poolStates = ["Defined", "Undefined", "Started", "Stopped", "Created", "Deleted"];
const poolKinds: readonly EventKind[] = [
  kind("lifecycle", "storagePool.lifecycle", ({ pool, event }) =>
    says("lifecycle", "storage pool", pool.name, `: ${word(poolStates, event)}`),
  ),
  kind("refresh", "storagePool.refresh", ({ pool }) => says("refresh", "storage pool", pool.name)),
];
const deviceKinds: readonly EventKind[] = [
  kind("lifecycle", "nodeDevice.lifecycle", ({ dev, event }) =>
    says(
      "lifecycle",
      "node device",
      dev.name,
      `: ${word(["Created", "Deleted", "Defined", "Undefined"], event)}`,
    ),
  ),
  kind("update", "nodeDevice.update", ({ dev }) => says("update", "node device", dev.name)),
];
const secretKinds: readonly EventKind[] = [
  kind("lifecycle", "secret.lifecycle", ({ secret, event }) =>
    says("lifecycle", "secret", secret.uuidText, `: ${word(["Defined", "Undefined"], event)}`),
  ),
  kind("value-changed", "secret.valueChanged", ({ secret }) =>
    says("value-changed", "secret", secret.uuidText),
  ),
];

interface Given {
  readonly event: string | undefined;
  readonly loop: boolean;
  readonly timeout: number | undefined;
  readonly list: boolean;
  readonly timestamp: boolean;
}

/** What those commands have in common. @param find the object they are limited to */
async function run(
  context: Context,
  kinds: readonly EventKind[],
  { event, list, ...how }: Given,
  { find, all = false, missing }: { find?: () => Promise<object>; all?: boolean; missing: string },
): Promise<void> {
  if (list) {
    for (const { name } of kinds) context.out.line(name);
    return;
  }
  if (event === undefined && !all) throw new ShellError(missing);
  const wanted = all ? kinds : kinds.filter(({ name }) => name === event);
  if (wanted.length === 0) throw new ShellError(`unknown event type ${event}`);
  await watch(context, wanted, { ...how, object: await find?.() });
}

const either = "either --list or --event <type> is required";
const kindOption = (): Option<string | undefined> => text("kind of event");

export const event = command("event", {
  help: "wait for events of domains",
  options: {
    domain: text(
      "only of this domain",
      namesOf((connect) => connect.listAllDomains()),
    ),
    event: kindOption(),
    all: flag("all kinds of events"),
    ...waiting,
  },
  async run({ domain, all, ...given }, context) {
    exclusive({ all, event: given.event });
    await run(context, domainKinds, given, {
      all,
      missing: "one of --list, --all, or --event <type> is required",
      ...(domain !== undefined && { find: () => findDomain(context.connect, domain) }),
    });
  },
});

export const netEvent = command("net-event", {
  help: "wait for events of networks",
  options: { network: text("only of this network", networkNames), event: kindOption(), ...waiting },
  async run({ network, ...given }, context) {
    await run(context, networkKinds, given, {
      missing: either,
      ...(network !== undefined && { find: () => findNetwork(context.connect, network) }),
    });
  },
});

export const poolEvent = command("pool-event", {
  help: "wait for events of pools",
  options: { pool: text("only of this pool", poolNames), event: kindOption(), ...waiting },
  async run({ pool, ...given }, context) {
    await run(context, poolKinds, given, {
      missing: either,
      ...(pool !== undefined && { find: () => findPool(context.connect, pool) }),
    });
  },
});

export const nodedevEvent = command("nodedev-event", {
  help: "wait for events of devices of the host",
  options: { device: text("only of this device", deviceNames), event: kindOption(), ...waiting },
  async run({ device, ...given }, context) {
    await run(context, deviceKinds, given, {
      missing: either,
      ...(device !== undefined && { find: () => findNodeDevice(context.connect, device) }),
    });
  },
});

export const secretEvent = command("secret-event", {
  help: "wait for events of secrets",
  options: { secret: text("only of this secret"), event: kindOption(), ...waiting },
  async run({ secret, ...given }, context) {
    await run(context, secretKinds, given, {
      missing: either,
      ...(secret !== undefined && { find: () => findSecret(context.connect, secret) }),
    });
  },
});

export const qemuMonitorEvent = command("qemu-monitor-event", {
  help: "wait for events of QEMU's monitor",
  options: {
    domain: text(
      "only of this domain",
      namesOf((connect) => connect.listAllDomains()),
    ),
    event: kindOption(),
    pretty: flag("for people"),
    loop: flag("go on until Ctrl-C"),
    timeout: int("give up after so many seconds"),
    regex: flag("the event is a regular expression"),
    "no-case": flag("letters fit in both cases"),
    timestamp: flag("with the time"),
  },
  async run({ domain, event: name, pretty, regex, noCase, loop, timeout, timestamp: withTime }, context) {
    const { connect } = context;
    const pattern =
      name === undefined ? undefined : new RegExp(regex ? name : `^${literal(name)}$`, noCase ? "i" : "");
    const all = kind("", "qemu.monitor", ({ dom, event: which, seconds, micros, details }) => {
      const shown =
        details === null ? "<null>" : pretty ? JSON.stringify(JSON.parse(details), null, 2) : details;
      const when = withTime
        ? timestamp(Number(seconds) * 1000 + Math.floor(micros / 1000))
        : `${seconds}.${String(micros).padStart(6, "0")}`;
      return `event ${which} at ${when} for domain '${dom.name}': ${shown}`;
    });
    await watch(context, [all], {
      loop,
      timeout,
      timestamp: false,
      ...(pattern !== undefined && { fits: (event: { event?: string }) => pattern.test(event.event ?? "") }),
      ...(domain !== undefined && { object: await findDomain(connect, domain) }),
    });
  },
});

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
