export { isEmptyDrive } from "../moment-disks.ts";
export { checkAbiStable } from "./abi.ts";
export { type Address, type AddressOf, isUnsetPci, type PciAddress } from "./address.ts";
export { domain, type GuestDescription, type Written } from "./build.ts";
export { type ChardevSource, chardevTypes, type Reconnect, type UdpEnds } from "./chardev.ts";
export { checkNewDevice } from "./check/check.ts";
export type { Clock, Timer } from "./clock.ts";
export { Cpu, type CpuFeature, type CpuTopology, type NumaCell } from "./cpu.ts";
export type { Cputune } from "./cputune.ts";
export { type DomainDef, domainDefCopy } from "./def.ts";
export {
  type AnyDevice,
  allDevices,
  type DeviceKind,
  type DeviceOf,
  deviceListName,
  formatDevice,
  insertDevice,
  parseDevice,
  readDevice,
  removeDevice,
} from "./device.ts";
export type { Audio } from "./devices/audio.ts";
export type { Channel } from "./devices/channel.ts";
export {
  type Controller,
  type ControllerOf,
  type ControllerType,
  controllerTypes,
  type PciController,
  type PciControllerModel,
  pciModels,
  scsiModels,
  usbModels,
} from "./devices/controller.ts";
export type { Crypto } from "./devices/crypto.ts";
export type { Devices } from "./devices/devices.ts";
export {
  type BackingStore,
  type Disk,
  type DiskBus,
  type DiskDriver,
  type DiskTarget,
  diskBuses,
} from "./devices/disk.ts";
export type { Filesystem, Idmap } from "./devices/filesystem.ts";
export type { Graphics, GraphicsOf, Listen } from "./devices/graphics.ts";
export type { Hostdev } from "./devices/hostdev.ts";
export type { Hub } from "./devices/hub.ts";
export type { Input } from "./devices/input.ts";
export {
  type Actual,
  type Interface,
  type InterfaceOf,
  type InterfaceType,
  interfaceTypes,
  isGeneratedName,
} from "./devices/interface.ts";
export type { Iommu } from "./devices/iommu.ts";
export type { Iotune, ThrottleGroup } from "./devices/iotune.ts";
export type { Lease } from "./devices/lease.ts";
export type { Memballoon } from "./devices/memballoon.ts";
export type { MemoryDevice } from "./devices/memory-device.ts";
export { isKnownNetModel } from "./devices/net-model.ts";
export type { NetDriver } from "./devices/net-parts.ts";
export type { Nvram } from "./devices/nvram.ts";
export type { Panic } from "./devices/panic.ts";
export type { Pstore } from "./devices/pstore.ts";
export type { Redirdev, Redirfilter } from "./devices/redirdev.ts";
export type { Rng } from "./devices/rng.ts";
export { type Console, type Parallel, type Serial, serialModels, serialTargets } from "./devices/serial.ts";
export type { Shmem } from "./devices/shmem.ts";
export type { Smartcard } from "./devices/smartcard.ts";
export type { Sound } from "./devices/sound.ts";
export type { Auth, Encryption, StorageHost } from "./devices/storage-parts.ts";
export {
  type BlockSource,
  type DiskFormat,
  diskFormats,
  type FileSource,
  type NetworkProtocol,
  type NetworkSource,
  type NvmeSource,
  networkProtocols,
  type SourceType,
  type StorageSource,
  type VolumeSource,
} from "./devices/storage-source.ts";
export type { Tpm } from "./devices/tpm.ts";
export type { Video, VideoModel } from "./devices/video.ts";
export type { Vsock } from "./devices/vsock.ts";
export type { Watchdog } from "./devices/watchdog.ts";
export { type DomainSyntax, domainTypes } from "./domain.ts";
export type { Features, Hyperv } from "./features.ts";
export { addController, findController, nextControllerIndex } from "./fill/controllers.ts";
export { diskIndex, hasPartition, isDiskName } from "./fill/disk-name.ts";
export {
  type DomainHooks,
  type FillFlags,
  type FillOptions,
  fillDomain,
  fillNewDevice,
} from "./fill/fill.ts";
export { iothreadIds } from "./fill/iothreads.ts";
export { type BootOrder, type Rom, userAliasPrefix } from "./info.ts";
export type { IothreadMap } from "./iothread-map.ts";
export type { Keywrap, LaunchSecurity } from "./launch-security.ts";
export type { BootDevice, Loader, Os } from "./os.ts";
export { formatDomain, type ParseDomainOptions, parseDomain, readDomain, readDomainSyntax } from "./parse.ts";
export { type QemuCommandline, type QemuOverride, qemuNamespace } from "./qemu-namespace.ts";
export type { Seclabel, SourceSeclabel } from "./seclabel.ts";
export type { Sysinfo } from "./sysinfo.ts";
export { type Blkiotune, type MemoryBacking, type Memtune, type Numatune, unlimitedKiB } from "./tuning.ts";
