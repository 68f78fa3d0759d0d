import type { AnyDevice, Disk } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { controllerDevice } from "../device/controller.ts";
import { diskParts } from "../device/disk.ts";
import { filesystemParts } from "../device/filesystem.ts";
import { hostdevParts } from "../device/hostdev.ts";
import { inputParts } from "../device/input.ts";
import { memoryDeviceParts } from "../device/memory-backend.ts";
import { actualType, hostdevOfNet, netParts } from "../device/net.ts";
import { type DeviceContext, devicePart, objectPart, type Part } from "../device/parts.ts";
import { redirdevParts } from "../device/redirdev.ts";
import { rngParts } from "../device/rng.ts";
import { channelParts, consoleParts, serialParts } from "../device/serial.ts";
import { shmemParts } from "../device/shmem.ts";
import { watchdogParts } from "../device/watchdog.ts";

const isManaged = (disk: Disk): boolean => disk.source?.reservations?.managed === true;

/** The helper for persistent reservations comes with the first disk that wants it, and goes with the last. */
const reservationParts = (disk: Disk, { def, paths }: DeviceContext): Part[] =>
  isManaged(disk) && def.devices.disks.filter(isManaged).length === 1
    ? [
        objectPart({
          "qom-type": "pr-manager-helper",
          id: "pr-helper0",
          path: `${paths.domain}/pr-helper0.sock`,
        }),
      ]
    : [];

/**
 * Everything QEMU is given for one device of a running guest.
 * @throws VirError OPERATION_UNSUPPORTED for kinds that only a guest that starts can get
 */
export function partsOf(each: AnyDevice, context: DeviceContext): Part[] {
  switch (each.kind) {
    case "disk":
      return [...reservationParts(each.device, context), ...diskParts(each.device, context)];
    case "controller": {
      const props = controllerDevice(each.device, context);
      return props === undefined ? [] : [devicePart(props)];
    }
    case "interface":
      return actualType(each.device) === "hostdev"
        ? hostdevParts(hostdevOfNet(each.device), context)
        : netParts(each.device, context);
    case "hostdev":
      return hostdevParts(each.device, context);
    case "redirdev":
      return redirdevParts(each.device, context);
    case "filesystem":
      return filesystemParts(each.device, context);
    case "serial":
      return serialParts(each.device, context);
    case "channel":
      return channelParts(each.device, context);
    case "console":
      return consoleParts(each.device, context);
    case "input":
      return inputParts(each.device, context);
    case "rng":
      return rngParts(each.device, context);
    case "shmem":
      return shmemParts(each.device, context);
    case "memory":
      return memoryDeviceParts(each.device, context);
    case "watchdog":
      return watchdogParts([each.device], context);
    default:
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.OPERATION_UNSUPPORTED,
        `live attach of device '${each.kind}' is not supported`,
      );
  }
}
