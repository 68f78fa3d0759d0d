import { allDevices } from "../device.ts";
import type { Controller } from "../devices/controller.ts";
import type { Devices } from "../devices/devices.ts";
import type { Input } from "../devices/input.ts";
import type { Shmem } from "../devices/shmem.ts";
import { internalError, unsupported, xmlDetail, xmlError } from "../errors.ts";
import { userAliasPrefix } from "../info.ts";
import { checkMemories } from "./memory.ts";
import { refuseTwice } from "./twice.ts";

/** Sense of the devices that have no file of their own here. */
export function checkDevices(devices: Devices): void {
  checkAliases(devices);
  checkUsbControllers(devices.controllers);
  checkBootOrder(devices);
  for (const { rom } of [...devices.interfaces, ...devices.hostdevs])
    if (rom?.enabled === false && (rom.bar !== undefined || rom.file !== undefined))
      throw unsupported("ROM tuning is not supported when ROM is disabled");
  for (const { address } of devices.smartcards)
    if (address && address.type !== "ccid") throw unsupported("Controllers must use the 'ccid' address type");
  const usb = [...devices.inputs.filter(({ bus }) => bus === "usb"), ...devices.redirdevs];
  if (usb.some(({ address }) => address && address.type !== "usb"))
    throw xmlError("Invalid address for a USB device");
  for (const input of devices.inputs) checkInput(input);
  for (const shmem of devices.shmems) checkShmem(shmem);
  checkMemories(devices.memories);
  const panics = devices.panics.flatMap(({ model }) => model ?? []);
  refuseTwice(panics, (model) => xmlError(`Multiple panic devices with model '${model}'`));
  const { sizeKiB: store } = devices.pstore ?? {};
  if (store !== undefined && (store < smallestStoreKiB || !Number.isInteger(Math.log2(store))))
    throw xmlError("invalid size of ACPI ERST pstore device");
  if (devices.iommus.length > 1) throw xmlError("only a single IOMMU device is supported");
  const cid = devices.vsock?.cid;
  if (cid?.address && !cid.auto && cid.address < firstGuestCid) throw unsupported("guest CIDs must be >= 3");
  for (const { backend } of devices.tpms) {
    if (backend.type !== "emulator" || backend.version === "2.0" || backend.version === undefined) continue;
    if (backend.activePcrBanks) throw xmlError("<active_pcr_banks/> requires TPM version '2.0'");
    if (backend.profile) throw xmlError("<profile/> requires TPM version '2.0'");
  }
  for (const fs of devices.filesystems)
    if (fs.boot && fs.driver?.type !== "virtiofs")
      throw unsupported("boot order is only supported for virtiofs");
}

const smallestStoreKiB = 4;

/** Lower ones are the hypervisor's and the host's. */
const firstGuestCid = 3;

/** Names that users give are one device's only. */
function checkAliases(devices: Devices): void {
  // A console may be the twin of a serial port.
  const own = allDevices(devices).filter(({ kind }) => kind !== "console");
  const aliases = own.map(({ device }) => (device as { alias?: string | undefined }).alias); // every kind may have one
  const given = aliases.filter((alias) => alias?.startsWith(userAliasPrefix));
  refuseTwice(given, (alias) => unsupported(`non unique alias detected: ${alias}`));
}

function checkBootOrder(devices: Devices): void {
  const orders = allDevices(devices).flatMap(({ device }) =>
    "boot" in device && device.boot ? [device.boot.order] : [],
  );
  refuseTwice(orders, (order) => unsupported(`boot order '${order}' used for more than one device`));
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
  if (type === "evdev" && bus !== undefined && bus !== "none")
    throw unsupported("input evdev doesn't support bus element");
  if (type === "passthrough" && bus !== undefined && bus !== "virtio")
    throw unsupported("only bus 'virtio' is supported for 'passthrough' input devices");
  if (model !== undefined && bus !== undefined && bus !== "virtio")
    throw unsupported(`only bus 'virtio' is supported for input model '${model}'`);
  const isNameless =
    (type === "passthrough" && source?.evdev === undefined) ||
    (type === "evdev" && source?.dev === undefined);
  if (source && isNameless) throw xmlError("Missing evdev path for input device");
}

function checkShmem({ name }: Shmem): void {
  if (name.includes("/")) throw unsupported("shmem name cannot include '/' character");
  if (name === "." || name === "..") throw unsupported(`shmem name cannot be equal to '${name}'`);
}
