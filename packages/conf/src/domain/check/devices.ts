import { allDevices } from "../device.ts";
import type { Controller } from "../devices/controller.ts";
import type { Devices } from "../devices/devices.ts";
import type { Input } from "../devices/input.ts";
import type { MemoryDevice } from "../devices/memory-device.ts";
import type { Shmem } from "../devices/shmem.ts";
import { internalError, unsupported, xmlDetail, xmlError } from "../errors.ts";
import { userAliasPrefix } from "../info.ts";

/** Sense of the devices that have no file of their own here. */
export function checkDevices(devices: Devices): void {
  checkAliases(devices);
  checkUsbControllers(devices.controllers);
  for (const input of devices.inputs) checkInput(input);
  for (const shmem of devices.shmems) checkShmem(shmem);
  for (const memory of devices.memories) checkMemory(memory);
  const models = devices.panics.map(({ model }) => model);
  const twice = models.find((model, at) => model !== undefined && models.indexOf(model) !== at);
  if (twice) throw xmlError(`Multiple panic devices with model '${twice}'`);
  if (devices.iommus.length > 1) throw xmlError("only a single IOMMU device is supported");
  const cid = devices.vsock?.cid;
  if (cid?.address && !cid.auto && cid.address < firstGuestCid) throw unsupported("guest CIDs must be >= 3");
  for (const { backend } of devices.tpms) {
    if (backend.type !== "emulator" || backend.version === "2.0" || backend.version === undefined) continue;
    if (backend.activePcrBanks) throw xmlError("<active_pcr_banks/> requires TPM version '2.0'");
  }
  for (const fs of devices.filesystems)
    if (fs.boot && fs.driver?.type !== "virtiofs")
      throw unsupported("boot order is only supported for virtiofs");
}

/** Lower ones are the hypervisor's and the host's. */
const firstGuestCid = 3;

/** Names that users give are one device's only. */
function checkAliases(devices: Devices): void {
  const seen = new Set<string>();
  for (const { kind, device } of allDevices(devices)) {
    // A console may be the twin of a serial port.
    if (kind === "console") continue;
    const { alias } = device as { alias?: string | undefined }; // every kind may have one
    if (!alias?.startsWith(userAliasPrefix)) continue;
    if (seen.has(alias)) throw unsupported(`non unique alias detected: ${alias}`);
    seen.add(alias);
  }
}

/** A companion serves ports of another controller with its number. */
function checkUsbControllers(controllers: readonly Controller[]): void {
  const usb = controllers.filter(({ type }) => type === "usb");
  for (const { masterStartPort, index } of usb) {
    if (masterStartPort === undefined) continue;
    const hasMaster = usb.some((each) => each.index === index && each.masterStartPort === undefined);
    if (!hasMaster) throw xmlDetail("No master USB controller specified");
  }
}

function checkInput({ type, bus, model, source }: Input): void {
  if (bus === "ps2" && type !== "mouse" && type !== "keyboard")
    throw internalError(`ps2 bus does not support ${type} input device`);
  if (type === "passthrough" && bus !== undefined && bus !== "virtio")
    throw unsupported("only bus 'virtio' is supported for 'passthrough' input devices");
  if (model !== undefined && bus !== undefined && bus !== "virtio")
    throw unsupported(`only bus 'virtio' is supported for input model '${model}'`);
  if (type === "passthrough" && source?.evdev === undefined)
    throw xmlError("Missing evdev path for input device passthrough");
}

function checkShmem({ name }: Shmem): void {
  if (name.includes("/")) throw unsupported("shmem name cannot include '/' character");
  if (name === "." || name === "..") throw unsupported(`shmem name cannot be equal to '${name}'`);
}

const minLabelKiB = 128;

function checkMemory(memory: MemoryDevice): void {
  const { model } = memory;
  switch (model) {
    case "nvdimm": {
      if (memory.source?.path === undefined) throw xmlDetail(`path is required for model '${model}'`);
      const label = memory.target?.label?.sizeKiB;
      if (label !== undefined && label < minLabelKiB)
        throw xmlError(`nvdimm label must be at least ${minLabelKiB}KiB`);
      return;
    }
    case "virtio-pmem":
      if (memory.source?.path === undefined) throw xmlDetail(`path is required for model '${model}'`);
      if (memory.access !== "shared") throw unsupported("shared access mode required for virtio-pmem device");
      if (memory.target?.node !== undefined) throw unsupported("virtio-pmem does not support NUMA nodes");
      return;
    case "virtio-mem": {
      const { sizeKiB = 0, blockKiB = 0, requestedKiB = 0 } = memory.target ?? {};
      if (blockKiB !== 0 && (blockKiB & (blockKiB - 1)) !== 0)
        throw xmlDetail("block size must be a power of two");
      if (requestedKiB > sizeKiB)
        throw xmlDetail(`requested size must be smaller than or equal to @size (${sizeKiB}KiB)`);
      if (blockKiB !== 0 && requestedKiB % blockKiB !== 0)
        throw xmlDetail("requested size must be an integer multiple of block size");
    }
  }
}
