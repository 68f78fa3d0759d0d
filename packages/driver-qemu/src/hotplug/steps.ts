import type { AnyDevice } from "@libvirt-ts/conf/domain";
import type { OptionValue } from "../command/text.ts";
import type { Json, Props } from "../command/types.ts";
import type { Part } from "../device/parts.ts";

/** One QMP command. */
export interface QmpStep {
  command: string;
  args: Props;
  /** Descriptors that go along. */
  fds?: readonly number[];
}

/** What is plugged into must be there before what plugs into it. */
const order: readonly Part["kind"][] = ["add-fd", "object", "chardev", "blockdev", "netdev", "device"];

const sorted = (parts: readonly Part[]): Part[] =>
  parts.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

/** The commands that give a running guest what `-object`, `-device` and so on give to one that starts. */
const addSteps = (parts: readonly Part[]): QmpStep[] => sorted(parts).flatMap(addStep);

function addStep(part: Part): QmpStep[] {
  switch (part.kind) {
    case "object":
      return [{ command: "object-add", args: part.props }];
    case "blockdev":
      return [{ command: "blockdev-add", args: part.props }];
    case "device":
      return withNames("device_add", part.props);
    case "netdev":
      return withNames("netdev_add", part.props);
    case "add-fd":
      return [{ command: "add-fd", args: { "fdset-id": part.set, opaque: part.opaque }, fds: [part.fd] }];
    case "chardev": {
      const options = Object.fromEntries(part.options);
      const name = `${part.id}-fd`;
      const isOpen = typeof options.fd === "number";
      const backend = chardevBackend(part.backend, isOpen ? { ...options, fd: name } : options);
      const add: QmpStep = { command: "chardev-add", args: { id: part.id, backend } };
      return isOpen ? [getFd(name, Number(options.fd)), add] : [add];
    }
    default:
      return []; // what exists only on the command line
  }
}

const getFd = (fdname: string, fd: number): QmpStep => ({ command: "getfd", args: { fdname }, fds: [fd] });

const fdMembers = ["fd", "fds", "vhostfd", "vhostfds"] as const;

/** A running QEMU knows descriptors by names, given before. */
function withNames(command: string, props: Props): QmpStep[] {
  const steps: QmpStep[] = [];
  const named: Record<string, Json | undefined> = { ...props };
  for (const member of fdMembers) {
    const value = props[member];
    if (typeof value !== "string") continue;
    const names = value.split(":").map((fd, i) => {
      const name = `${member.replace(/s$/, "")}-${String(props.id)}${i}`;
      steps.push(getFd(name, Number(fd)));
      return name;
    });
    named[member] = names.join(":");
  }
  return [...steps, { command, args: named }];
}

/** The commands that take away what is left once a device is gone. */
function removeSteps(parts: readonly Part[]): QmpStep[] {
  return sorted(parts)
    .reverse()
    .flatMap((part): QmpStep[] => {
      switch (part.kind) {
        case "object":
          return [{ command: "object-del", args: { id: part.props.id } }];
        case "blockdev":
          return [{ command: "blockdev-del", args: { "node-name": part.props["node-name"] } }];
        case "netdev":
          return [{ command: "netdev_del", args: { id: part.props.id } }];
        case "chardev":
          return [{ command: "chardev-remove", args: { id: part.id } }];
        case "add-fd":
          return [{ command: "remove-fd", args: { "fdset-id": part.set } }];
        default:
          return [];
      }
    });
}

type Options = Readonly<Record<string, OptionValue>>;

/** A character device's host end as `chardev-add` takes it. */
export function chardevBackend(type: string, { logfile, logappend, ...options }: Options): Props {
  const data = (members: Props): Props => ({ type, data: { logfile, logappend, ...members } });
  const { path, host, port, name } = options;
  switch (type) {
    case "file":
      return data({ out: path, append: options.append });
    case "serial":
    case "parallel":
    case "pipe":
      return data({ device: path });
    case "udp": {
      const local =
        options.localaddr || Number(options.localport)
          ? inet(options.localaddr, options.localport)
          : undefined;
      return data({ remote: inet(host, port), local });
    }
    case "socket":
      return data({
        addr: address(options),
        server: options.server ?? false,
        wait: options.wait,
        telnet: options.telnet,
        "tls-creds": options["tls-creds"],
        reconnect: options.reconnect,
        "reconnect-ms": options["reconnect-ms"],
      });
    case "spicevmc":
      return data({ type: name });
    case "spiceport":
      return data({ fqdn: name });
    case "dbus":
      return data({ name });
    case "qemu-vdagent":
      return data({ mouse: options.mouse, clipboard: options.clipboard });
    default:
      return data({});
  }
}

const inet = (host: OptionValue, port: OptionValue): Props => ({
  type: "inet",
  data: { host: String(host ?? ""), port: String(port ?? 0) },
});

function address({ path, fd, host, port }: Options): Props {
  if (fd !== undefined) return { type: "fd", data: { str: String(fd) } };
  return path === undefined ? inet(host, port) : { type: "unix", data: { path } };
}

/** All that plugs a device in. */
export function plugSteps(each: AnyDevice, parts: readonly Part[]): QmpStep[] {
  const steps = addSteps(parts);
  if (each.kind !== "watchdog") return steps;
  // What a watchdog does is a setting of the whole guest.
  const { action = "reset" } = each.device;
  const watchdog = action === "dump" ? "pause" : action;
  return [{ command: "set-action", args: { watchdog } }, ...steps];
}

/** What asks a guest to let go of a device, and what is left to do once it has. */
export interface Unplug {
  /** Absent: the guest has no say in it. */
  ask?: QmpStep;
  after: QmpStep[];
}

export function unplugSteps(each: AnyDevice, parts: readonly Part[]): Unplug {
  const { alias } = each.device as { alias?: string }; // every kind has one
  const isDevice = parts.some(({ kind }) => kind === "device");
  const isForward = each.kind === "channel" && each.device.target.type === "guestfwd";
  // The network back end owns its character device.
  const after = removeSteps(isForward ? parts.filter(({ kind }) => kind !== "chardev") : parts);
  return { ...(isDevice && { ask: { command: "device_del", args: { id: alias } } }), after };
}
