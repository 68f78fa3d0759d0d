import { open, readdir } from "node:fs/promises";
import type { DomainDef, Interface } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { unsupported } from "../driver/common.ts";
import type { GuestResources } from "./resources.ts";

/**
 * Whether the host can hand PCI devices to guests at all.
 * @throws VirError CONFIG_UNSUPPORTED for a guest that is to have some where it cannot
 */
export async function checkPassthrough({ devices }: DomainDef, root: string): Promise<void> {
  const wants =
    devices.hostdevs.some(({ type }) => type === "pci") ||
    devices.interfaces.some(({ type }) => type === "hostdev");
  if (!wants) return;
  const groups = await readdir(`${root}/sys/kernel/iommu_groups`).catch(() => []);
  if (groups.length === 0) throw unsupported("host doesn't support passthrough of host PCI devices");
}

/**
 * Opens the device nodes that QEMU gets as descriptors.
 * @throws VirError SYSTEM_ERROR for one that is not there
 */
export async function openHostDevices({ devices }: DomainDef, resources: GuestResources): Promise<void> {
  const { vsock, hostdevs, interfaces, tpms } = devices;
  if (vsock) {
    resources.put(
      "vsock",
      vsock.alias ?? "",
      await openNode("/dev/vhost-vsock", "unable to open vhost-vsock device"),
    );
    // The kernel has to be told the guest's address by a call that is not made yet.
    throw unsupported("vsock devices are not supported");
  }
  for (const { type, alias = "" } of hostdevs)
    if (type === "scsi_host")
      resources.put(
        "vhost-scsi",
        alias,
        await openNode("/dev/vhost-scsi", "unable to open vhost-scsi device"),
      );
  for (const net of interfaces) {
    if (net.type !== "vdpa") continue;
    const dev = net.source?.dev ?? "";
    resources.put("vdpa", net.alias ?? "", await openNode(dev, `Unable to open '${dev}' for vdpa device`));
  }
  for (const tpm of tpms) {
    if (tpm.backend.type !== "passthrough" || tpm.model === "spapr-tpm-proxy") continue;
    const path = tpm.backend.device?.path ?? "/dev/tpm0";
    resources.put("tpm", tpm.alias ?? "", await openNode(path, `Could not open TPM device ${path}`));
    const cancel = `/sys/class/tpm/${path.slice(path.lastIndexOf("/") + 1)}/device/cancel`;
    resources.put(
      "tpm-cancel",
      tpm.alias ?? "",
      await openNode(cancel, `Could not open TPM device's cancel path ${cancel}`),
    );
  }
}

/**
 * Queues of the kernel's own virtio-net, which spare a packet the way through QEMU.
 * @returns none where the card is no virtio one, does not want it, or the host does not have it
 * @throws VirError CONFIG_UNSUPPORTED when the guest insists
 */
export async function openVhostNet({ model, driver }: Interface, queues: number): Promise<number[]> {
  if (!model?.startsWith("virtio") || driver?.name === "qemu") return [];
  const fds: number[] = [];
  try {
    while (fds.length < queues) fds.push(await openNode("/dev/vhost-net", "unable to open vhost-net device"));
    return fds;
  } catch (cause) {
    for (const fd of fds) native.close(fd);
    if (driver?.name !== "vhost") return [];
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.CONFIG_UNSUPPORTED,
      "vhost-net was requested for an interface, but is unavailable",
      { cause },
    );
  }
}

/** @returns a descriptor of our own, for the child to keep */
async function openNode(path: string, complaint: string): Promise<number> {
  try {
    const handle = await open(path, "r+");
    const fd = native.dup(handle.fd);
    await handle.close();
    if (fd < 0) throw systemError(ErrorDomain.QEMU, fd, complaint);
    return fd;
  } catch (error) {
    if (error instanceof VirError) throw error;
    const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
    throw systemError(ErrorDomain.QEMU, cause, complaint);
  }
}
