import type { Disk, IothreadMap } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { diskIndex } from "../address/aliases.ts";
import { flatOptions, type OptionValue, optionText } from "../command/text.ts";
import type { Json, Props } from "../command/types.ts";
import { addressProps, controllerAlias, findController } from "./address-props.ts";
import { cacheFlags, chainParts } from "./block-nodes.ts";
import { bootIndexOf, loadparmOf } from "./boot-index.ts";
import { chardevParts } from "./chardev.ts";
import { diskLayers, type ImageLayer, topNode } from "./image-layer.ts";
import { hasBuiltinIde, isQ35 } from "./machine.ts";
import { aliasOf, type DeviceContext, devicePart, optionPart, type Part } from "./parts.ts";
import { storageProps } from "./storage-source.ts";
import { virtioProps } from "./virtio.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** Everything of one disk: objects, nodes of its chain, filters, the device. */
export function diskParts(disk: Disk, context: DeviceContext): Part[] {
  const parts: Part[] = [];
  const alias = aliasOf(disk);
  if (disk.type === "vhostuser") {
    const { path = "", reconnect } = disk.source ?? {};
    const chardev = `chr-vu-${alias}`;
    parts.push(
      ...chardevParts(
        chardev,
        { type: "unix", source: { mode: "connect", path, reconnect, seclabels: [] } },
        context,
      ),
    );
    parts.push(devicePart(diskDevice(disk, { chardev }, context)));
    return parts;
  }
  const top = diskLayers(disk, context.volumeSource?.(disk), context.hostCdroms);
  let node: string | undefined;
  if (top !== undefined) {
    for (let layer: ImageLayer | null | undefined = top; layer; layer = layer.backing)
      prepareLayer(layer, alias, context, parts);
    parts.push(...chainParts(top, context));
    node = topNode(top);
    if (disk.driver?.copyOnRead === true) {
      const copyOnRead = `libvirt-CoR-${disk.target.dev}`;
      parts.push({
        kind: "blockdev",
        props: { driver: "copy-on-read", "node-name": copyOnRead, file: node, discard: "unmap" },
      });
      node = copyOnRead;
    }
    for (const filter of context.filters?.(disk) ?? []) {
      parts.push({
        kind: "blockdev",
        props: {
          driver: "throttle",
          "node-name": filter.node,
          "throttle-group": `throttle-${filter.group}`,
          file: node,
        },
      });
      node = filter.node;
    }
  }
  if (disk.target.bus === "sd")
    return [...parts.filter((part) => part.kind === "object"), sdDrive(disk, top)];
  parts.push(devicePart(diskDevice(disk, { drive: node }, context)));
  return parts;
}

/** An SD card slot is part of the board: only a legacy drive finds its way into it. */
function sdDrive(disk: Disk, layer: ImageLayer | undefined): Part {
  const index = diskIndex(disk.target.dev ?? "");
  const options: [string, OptionValue][] = [];
  if (layer !== undefined) {
    const { driver, filename, ...rest } = storageProps(layer, { encryptionSecrets: [] });
    if (driver === "file" || driver === "host_device") options.push(["file", String(filename)]);
    else options.push(...flatOptions("file", { driver, ...rest }));
    options.push(["format", layer.format]);
  }
  options.push(["if", "sd"], ["index", index]);
  if (disk.readonly) options.push(["readonly", true]);
  return optionPart("-drive", optionText(undefined, options));
}

function prepareLayer(layer: ImageLayer, alias: string, context: DeviceContext, parts: Part[]) {
  // Before block jobs could leave raw nodes out of backing strings, every raw image had one.
  if (!context.caps.flags.has("blockjob.backing-mask-protocol")) layer.forceFormat = true;
  layer.glusterDebug = context.settings.glusterDebugLevel;
  const { place } = layer;
  if (place.type === "network" && place.source !== undefined) {
    layer.nbdkitSocket = context.nbdkitSocket?.(place.source.protocol, layer.names.storage);
  }
  if (place.type === "vhostvdpa") {
    const fd = context.fds.set(context.resources.device(alias, "vdpa"), `${layer.names.storage}-vdpa`);
    parts.push(fd.part);
    layer.fdset = fd.path;
  }
}

/** The `-device` of a disk. */
export function diskDevice(
  disk: Disk,
  back: { drive?: string | undefined; chardev?: string | undefined },
  context: DeviceContext,
): Props {
  const { driver } = disk;
  const alias = aliasOf(disk);
  const serial = disk.serial?.replaceAll(" ", "\\ ");
  const bus = disk.target.bus ?? "";
  const isScsi = bus === "scsi";
  return {
    ...busProps(disk, context),
    device_id: isScsi && disk.device !== "lun" ? (serial ?? `drive-${alias}`) : undefined,
    "share-rw": disk.shareable === true && bus !== "fdc" && back.chardev === undefined ? true : undefined,
    drive: back.drive,
    chardev: back.chardev,
    id: alias,
    bootindex: bus === "fdc" ? undefined : bootIndexOf(disk, context),
    loadparm: loadparmOf(disk, context),
    logical_block_size: disk.blockio?.logicalBlockSize || undefined,
    physical_block_size: disk.blockio?.physicalBlockSize || undefined,
    discard_granularity: disk.blockio?.discardGranularity,
    wwn: disk.wwn === undefined ? undefined : BigInt(disk.wwn.startsWith("0x") ? disk.wwn : `0x${disk.wwn}`),
    rotation_rate: disk.target.rotationRate,
    vendor: disk.vendor,
    product: bus === "ide" || bus === "sata" ? undefined : disk.product,
    model: bus === "ide" || bus === "sata" ? disk.product : undefined,
    removable: removable(disk),
    "write-cache": writeCache(disk, driver?.cache),
    cyls: disk.geometry?.cyls || undefined,
    heads: disk.geometry?.heads || undefined,
    secs: disk.geometry?.secs || undefined,
    "bios-chs-trans": disk.geometry?.trans,
    serial,
    werror: policy(driver?.errorPolicy === "enospace" ? "enospc" : driver?.errorPolicy),
    rerror: policy(
      driver?.rerrorPolicy ?? (driver?.errorPolicy === "enospace" ? undefined : driver?.errorPolicy),
    ),
  };
}

const policy = (word: string | undefined) => (word === "default" ? undefined : word);

/** A USB stick says whether it is removable; a SCSI disk only if it is. */
function removable({ target, device }: Disk): boolean | undefined {
  if (target.bus === "usb") return target.removable ?? false;
  return target.bus === "scsi" && device === "disk" ? target.removable : undefined;
}

function writeCache(disk: Disk, cache: string | undefined): string | undefined {
  const flags = cacheFlags(cache as NonNullable<Disk["driver"]>["cache"]); // the word came from there
  const { bus } = disk.target;
  const takesIt =
    bus === "virtio" ||
    bus === "usb" ||
    ((bus === "scsi" || bus === "ide" || bus === "sata") && disk.device === "disk");
  if (flags === undefined || !takesIt || disk.type === "vhostuser") return undefined;
  return flags.writeCache ? "on" : "off";
}

function busProps(disk: Disk, context: DeviceContext): Props {
  const { def, caps } = context;
  switch (disk.target.bus) {
    case "ide":
    case "sata":
      return ataProps(disk, context);
    case "scsi":
      return scsiProps(disk, context);
    case "virtio": {
      if (disk.type === "vhostuser")
        return { ...virtioProps("vhost-user-blk", virtioDisk(disk)), ...addressProps(def, disk) };
      const { driver } = disk;
      const scsiIsOff = caps.flags.has("virtio-blk-pci.scsi.default.disabled");
      const scsi = disk.device === "lun" ? true : scsiIsOff ? undefined : false;
      return {
        ...virtioProps("virtio-blk", virtioDisk(disk)),
        iothread: driver?.iothread === undefined ? undefined : `iothread${driver.iothread}`,
        ioeventfd: driver?.ioeventfd,
        event_idx: driver?.eventIdx,
        scsi: caps.flags.has("virtio-blk-pci.scsi") ? scsi : undefined,
        "num-queues": driver?.queues,
        "queue-size": driver?.queueSize || undefined,
        "iothread-vq-mapping": iothreadMapping(driver?.iothreads),
        ...addressProps(def, disk),
      };
    }
    case "usb":
      return { driver: disk.model === "usb-bot" ? "usb-bot" : "usb-storage", ...addressProps(def, disk) };
    case "fdc":
      return { driver: "floppy", unit: disk.address?.type === "drive" ? disk.address.unit : 0 };
    case "nvme": {
      const { controller, unit } = driveAddress(disk);
      return { driver: "nvme-ns", bus: controllerAlias(def, "nvme", controller), nsid: unit + 1 };
    }
    default:
      throw unsupported(`unsupported disk bus '${disk.target.bus}' with device setup`);
  }
}

const virtioDisk = ({ model, address, driver }: Disk) => ({ model, address, driver });

/** Which threads serve which queues. */
export const iothreadMapping = (map: IothreadMap | undefined): Json | undefined =>
  map?.iothreads.map(({ id, queues }) => ({
    iothread: `iothread${id}`,
    vqs: queues.length > 0 ? queues.map((queue) => queue.id) : undefined,
  }));

function driveAddress({ address, target }: Disk) {
  if (address?.type === "drive") return address;
  throw unsupported(`unexpected address type for ${target.bus} disk`);
}

function ataProps(disk: Disk, { def }: DeviceContext): Props {
  const { controller, bus, unit, target } = driveAddress(disk);
  const driver = disk.device === "cdrom" ? "ide-cd" : "ide-hd";
  if (target !== 0) throw unsupported(`target must be 0 for ${disk.target.bus} controller`);
  if (disk.target.bus === "ide") {
    const parent = hasBuiltinIde(def) ? "ide" : controllerAlias(def, "ide", controller);
    return { driver, bus: `${parent}.${bus}`, unit };
  }
  const parent = controller === 0 && isQ35(def) ? "ide" : controllerAlias(def, "sata", controller);
  return { driver, bus: `${parent}.${unit}` };
}

function scsiProps(disk: Disk, { def }: DeviceContext): Props {
  const { controller, bus, target, unit } = driveAddress(disk);
  const driver = disk.device === "lun" ? "scsi-block" : disk.device === "cdrom" ? "scsi-cd" : "scsi-hd";
  const parent = findController(def, "scsi", controller);
  const alias = controllerAlias(def, "scsi", controller);
  const isSingle = parent?.type === "scsi" && isUnitAddressed(parent.model);
  return isSingle
    ? { driver, bus: `${alias}.${bus}`, "scsi-id": unit }
    : { driver, bus: `${alias}.0`, channel: bus, "scsi-id": target, lun: unit };
}

/** Old adapters: the unit is the whole address on the bus. */
export const isUnitAddressed = (model: string | undefined): boolean =>
  model === "lsilogic" ||
  model === "buslogic" ||
  model === "dc390" ||
  model === "am53c974" ||
  model === "ncr53c90";
