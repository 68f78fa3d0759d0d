import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type Context, childNamed, parseXml, type XmlElement, XmlWriter, xmlError } from "@libvirt-ts/xml";
import { DeviceSyntax, type NodeDeviceDef } from "./device.ts";
import { internalError } from "./errors.ts";
import { netFeatures } from "./net.ts";

export interface ParseNodeDeviceOptions extends Context {
  /** It is to be made: names and numbers come later. */
  readonly isNew?: boolean;
  /** Makes the name of an adapter that is to be made and has none. */
  readonly newWwn?: () => string;
}

/** Reads a `<device>`. @throws VirError */
export function parseNodeDevice(text: string, options: ParseNodeDeviceOptions = {}): NodeDeviceDef {
  const root = parseXml(text, { errorDomain: ErrorDomain.NODEDEV });
  return readNodeDevice(root, options);
}

const newName = "new device";

function readNodeDevice(root: XmlElement, options: ParseNodeDeviceOptions): NodeDeviceDef {
  if (root.name !== "device") throw xmlError(`expecting root element of 'device', not '${root.name}'`);
  const written = childNamed(root, "name")?.text;
  const name = options.isNew ? newName : written;
  if (name === undefined || name === "") throw new VirError(ErrorDomain.NODEDEV, ErrorCode.NO_NAME);
  const { newWwn: _newWwn, isNew: _isNew, ...context } = options;
  const def: NodeDeviceDef = { ...DeviceSyntax.parse(root, { ...context, deviceName: name }), name };
  if (def.capabilities.length === 0) throw internalError(`no device capabilities for '${name}'`);
  fillAdapters(def, options);
  check(def);
  settle(def);
  return def;
}

/** The names of adapters, and the number of one that is there. */
function fillAdapters(
  { name, capabilities }: NodeDeviceDef,
  { isNew, newWwn }: ParseNodeDeviceOptions,
): void {
  for (const each of capabilities) {
    if (each.type !== "scsi_host") continue;
    if (!isNew && each.host === undefined) throw internalError(`no SCSI host ID supplied for '${name}'`);
    for (const extra of each.extras) {
      if (extra.type !== "fc_host") continue;
      if (isNew) {
        extra.wwnn ??= newWwn?.();
        extra.wwpn ??= newWwn?.();
      }
      for (const kind of ["wwnn", "wwpn"] as const) {
        if (extra[kind] === undefined)
          throw internalError(`no ${kind.toUpperCase()} supplied for '${name}', and auto-generation failed`);
      }
    }
  }
}

/** What is shown of the host whether or not it was told; what a card can do, in order and once. */
function settle({ capabilities }: NodeDeviceDef): void {
  for (const each of capabilities) {
    if (each.type === "system") each.firmware ??= {};
    if (each.type !== "net") continue;
    const { features } = each;
    each.features = netFeatures.flatMap((word) => features.find(({ name }) => name === word) ?? []);
  }
}

/** The host has a UUID; media that cannot be taken out have a size. */
function check({ name, capabilities }: NodeDeviceDef): void {
  for (const each of capabilities) {
    if (each.type === "system" && !each.hardware)
      throw internalError(`no system UUID supplied for '${name}'`);
    if (each.type !== "storage" || each.size !== undefined) continue;
    if (!each.extras.some(({ type }) => type === "removable"))
      throw internalError(`no size supplied for '${name}'`);
  }
}

/** The text of a device, with a final newline. `inactive`: as it is defined, not as it is. */
export function formatNodeDevice(def: NodeDeviceDef, context: Context = {}): string {
  const writer = new XmlWriter();
  DeviceSyntax.format(def, writer, context);
  return writer.toString();
}
