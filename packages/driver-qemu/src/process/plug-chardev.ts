import type { AnyDevice, DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Undo } from "@libvirt-ts/util/undo";
import { partsOf, plugSteps, type QmpStep, unplugSteps } from "../hotplug/index.ts";
import { openChardev } from "./open-resources.ts";
import { type Plugging, plugContext, unpluggable } from "./plug.ts";
import { plain } from "./plug-parts.ts";
import { GuestResources } from "./resources.ts";

/** A port of a guest with something of the host at its other end. */
export type CharDevice = Extract<AnyDevice, { kind: "serial" | "channel" | "console" }>;

const kinds: ReadonlySet<AnyDevice["kind"]> = new Set(["serial", "channel", "console"]);

export const isChardev = (each: AnyDevice): each is CharDevice => kinds.has(each.kind);

/**
 * Only ports on buses where devices come and go.
 * @throws VirError OPERATION_UNSUPPORTED; XML_ERROR when the guest has no adapter for it
 */
export function refuseTarget(each: CharDevice, { devices }: DomainDef): void {
  const type = each.device.target?.type;
  if (each.kind === "console" && type !== "virtio")
    throw unpluggable("attaching serial console is not supported");
  const hotTypes = ["virtio", "usb-serial", "pci-serial"];
  if (type === undefined || !hotTypes.includes(type))
    throw unpluggable("Unsupported address type for character device");
  const hasAdapter = devices.controllers.some((controller) => controller.type === "virtio-serial");
  if (type === "virtio" && !hasAdapter)
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.XML_ERROR, "Unable to find a free virtio-serial port");
}

/** Plugs a port in; its log and the file it writes to are opened as for a guest that starts. */
export async function plugChardev(plugging: Plugging, each: CharDevice, undo: Undo): Promise<void> {
  const { driver, domain, guest } = plugging;
  const { alias = "", source } = each.device;
  const resources = new GuestResources(NO_MASTER_KEY);
  try {
    await openChardev(driver, domain, { resources, alias, source });
    const context = plugContext(plugging, resources);
    const parts = partsOf(each, context);
    guest.facts.fdSetIndex = context.fds.nextSet;
    for (const step of plugSteps(each, parts)) {
      const result = await run(plugging, step);
      if (step.command === "add-fd") undo.add(() => removeFdSets(plugging, alias));
      if (step.command !== "chardev-add") continue;
      undo.add(() => run(plugging, { command: "chardev-remove", args: { id: step.args.id } }));
      if (source.type === "pty") source.source = { path: terminalOf(result) };
    }
  } finally {
    resources.close(); // QEMU has its own
  }
}

/** The guest has let a port go: its log ends when QEMU has closed all it had of it. */
export async function removeChardev(
  plugging: Plugging,
  each: CharDevice,
  report: (error: unknown) => void,
): Promise<void> {
  const { alias = "" } = each.device;
  for (const step of unplugSteps(each, partsLeft(each)).after) await run(plugging, step).catch(report);
  await removeFdSets(plugging, alias).catch(report);
}

const NO_MASTER_KEY = new Uint8Array(32);

/** What stays behind the device itself. */
const partsLeft = ({ device: { alias = "" } }: CharDevice) => [
  { kind: "chardev" as const, id: `char${alias}`, backend: "", options: [] },
];

/** Sets are found by what was said of them when they were made, which another process may have done. */
async function removeFdSets({ guest }: Plugging, alias: string): Promise<void> {
  const owned = new Set([`${alias}-source`, `${alias}-log`]);
  for (const { "fdset-id": id, fds } of await guest.monitor.queryFdSets())
    if (fds.some(({ opaque }) => opaque !== undefined && owned.has(opaque)))
      await guest.monitor.plug({ command: "remove-fd", args: { "fdset-id": id } });
}

const run = ({ guest }: Plugging, { command, args, fds }: QmpStep): Promise<unknown> =>
  guest.monitor.plug({ command, args: plain(args), ...(fds && { fds }) });

/** QEMU chooses terminals. */
function terminalOf(result: unknown): string {
  if (typeof result === "object" && result !== null && "pty" in result && typeof result.pty === "string")
    return result.pty;
  throw new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, "chardev-add reply was missing pty path");
}
