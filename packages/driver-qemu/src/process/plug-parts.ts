import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Undo } from "@libvirt-ts/util/undo";
import type { Json, Props } from "../command/types.ts";
import type { Part } from "../device/parts.ts";
import type { Monitor } from "../monitor/monitor.ts";

/**
 * Gives a running QEMU what it would have got on its command line, in the same order.
 * @param owner alias of the device that descriptors are for
 * @throws VirError what QEMU refuses
 */
export async function addParts(
  monitor: Monitor,
  parts: readonly Part[],
  undo: Undo,
  owner = "",
): Promise<void> {
  for (const part of parts) {
    switch (part.kind) {
      case "object":
        await monitor.add("object-add", plain(part.props));
        undo.add(() => monitor.remove("object-del", { id: part.props.id }));
        break;
      case "blockdev":
        await monitor.add("blockdev-add", plain(part.props));
        undo.add(() => monitor.remove("blockdev-del", { "node-name": part.props["node-name"] }));
        break;
      case "netdev":
        await monitor.add("netdev_add", await withDescriptors(monitor, plain(part.props), owner));
        undo.add(() => monitor.remove("netdev_del", { id: part.props.id }));
        break;
      case "device":
        await monitor.add("device_add", plain(part.props));
        break;
      default:
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.OPERATION_UNSUPPORTED,
          `a device with a part of kind '${part.kind}' cannot be plugged in`,
        );
    }
  }
}

const descriptorKeys = ["fd", "fds", "vhostfd", "vhostfds"] as const;

/** QEMU knows descriptors that come later by name. */
async function withDescriptors(monitor: Monitor, props: Plain, owner: string): Promise<Plain> {
  const named: Record<string, unknown> = { ...props };
  for (const key of descriptorKeys) {
    const numbers = props[key];
    if (typeof numbers !== "string") continue;
    const names: string[] = [];
    for (const fd of numbers.split(":")) {
      const name = `${key}-${owner}-${names.length}`;
      await monitor.getfd(name, Number(fd));
      names.push(name);
    }
    named[key] = names.join(":");
  }
  return named;
}

type Plain = Readonly<Record<string, unknown>>;

/** As the monitor takes it: absent members left out, whole numbers as such. */
export function plain(props: Props): Plain {
  return Object.fromEntries(
    Object.entries(props).flatMap(([key, value]) => (value === undefined ? [] : [[key, plainValue(value)]])),
  );
}

function plainValue(value: Json): unknown {
  if (typeof value === "bigint") {
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_UNSUPPORTED, `${value} cannot be plugged in`);
    return Number(value);
  }
  if (value === null || typeof value !== "object") return value;
  return Array.isArray(value) ? value.map(plainValue) : plain(value as Props); // no list, so an object
}
