import type { Pstore, Shmem } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { chardevParts } from "./chardev.ts";
import { aliasOf, type DeviceContext, devicePart, objectPart, type Part } from "./parts.ts";

const defaultSize = 4n * 1024n * 1024n;

export function shmemParts(shmem: Shmem, context: DeviceContext): Part[] {
  const id = aliasOf(shmem);
  const { def } = context;
  if (shmem.model === "ivshmem-doorbell") {
    const chardev = `char${id}`;
    const path = shmem.server?.path ?? `/var/lib/libvirt/shmem-${shmem.name}-sock`;
    return [
      devicePart({
        driver: "ivshmem-doorbell",
        id,
        chardev,
        vectors: shmem.msi?.vectors || undefined,
        ioeventfd: shmem.msi?.ioeventfd,
        ...addressProps(def, shmem),
      }),
      ...chardevParts(chardev, { type: "unix", source: { mode: "connect", path, seclabels: [] } }, context),
    ];
  }
  const memdev = `shmmem-${id}`;
  return [
    objectPart({
      "qom-type": "memory-backend-file",
      id: memdev,
      "mem-path": `/dev/shm/${shmem.name}`,
      size: shmem.size ?? defaultSize,
      share: true,
    }),
    devicePart({
      driver: "ivshmem-plain",
      id,
      memdev,
      master: shmem.role === undefined ? undefined : shmem.role === "master" ? "on" : "off",
      ...addressProps(def, shmem),
    }),
  ];
}

export function pstoreParts(pstore: Pstore, { def }: DeviceContext): Part[] {
  const id = aliasOf(pstore);
  const memdev = `mem${id}`;
  return [
    objectPart({
      "qom-type": "memory-backend-file",
      id: memdev,
      "mem-path": pstore.path,
      size: (pstore.sizeKiB ?? 0) * 1024,
      share: true,
    }),
    devicePart({ driver: "acpi-erst", id, memdev, ...addressProps(def, pstore) }),
  ];
}
