import type { Video } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, type Part } from "./parts.ts";
import { virtioDriver, virtioOptions } from "./virtio.ts";

const legacy: Readonly<Record<string, string>> = {
  vga: "VGA",
  cirrus: "cirrus-vga",
  vmvga: "vmware-svga",
  bochs: "bochs-display",
  ramfb: "ramfb",
};

/** A card; the first one is the one with VGA compatibility where there is a choice. */
export function videoParts(video: Video, context: DeviceContext): Part[] {
  const { def, fds, resources } = context;
  const model = video.model;
  const type = model?.type ?? "default";
  if (type === "none") return [];
  const id = aliasOf(video);
  const isPrimary = model?.primary === true;
  const parts: Part[] = [];
  const isVhostUser = video.driver?.name === "vhostuser";
  const chardev = isVhostUser ? `chr-vu-${id}` : undefined;
  if (chardev !== undefined) {
    parts.push({
      kind: "chardev",
      id: chardev,
      backend: "socket",
      options: [["fd", fds.use(resources.device(id, "vhost-user-gpu"))]],
    });
  }
  const mib = (kib: number | undefined) => (kib ? Math.floor(kib / 1024) : undefined);
  const bytes = (kib: number | undefined) => (kib ? kib * 1024 : undefined);
  const isQxl = type === "qxl";
  const isVirtio = type === "virtio";
  parts.push(
    devicePart({
      driver: isQxl
        ? isPrimary
          ? "qxl-vga"
          : "qxl"
        : isVirtio
          ? virtioGpu(video, isPrimary, context)
          : legacyDriver(type),
      ...(isVirtio && !(isVhostUser && isPrimary) ? virtioOptions(video.driver) : {}),
      id,
      max_outputs: isQxl || isVirtio ? model?.heads || undefined : undefined,
      ram_size: isQxl ? bytes(model?.ram) : undefined,
      vram_size: isQxl ? bytes(model?.vram) : undefined,
      vram64_size_mb: isQxl ? Math.floor((model?.vram64 ?? 0) / 1024) : undefined,
      vgamem_mb: isQxl
        ? mib(model?.vgamem)
        : type === "vga" || type === "vmvga"
          ? mib(model?.vram)
          : undefined,
      vgamem: type === "bochs" && model?.vram ? model.vram * 1024 : undefined,
      chardev,
      blob: isVirtio ? model?.blob : undefined,
      edid: model?.edid,
      xres: model?.resolution?.x,
      yres: model?.resolution?.y,
      ...addressProps(def, video),
    }),
  );
  return parts;
}

function legacyDriver(type: string): string {
  const driver = legacy[type];
  if (driver !== undefined) return driver;
  throw new VirError(
    ErrorDomain.QEMU,
    ErrorCode.CONFIG_UNSUPPORTED,
    `domain configuration does not support video model '${type}'`,
  );
}

/** Cards with VGA compatibility exist on some architectures only. */
function vgaFlag({ driver, model }: Video) {
  if (driver?.name === "vhostuser") return "vhost-user-vga";
  return model?.acceleration?.accel3d === true ? "virtio-vga-gl" : "virtio-vga";
}

function virtioGpu(video: Video, isPrimary: boolean, { caps }: DeviceContext): string {
  const hasVga = isPrimary && caps.flags.has(vgaFlag(video));
  const isVhostUser = video.driver?.name === "vhostuser";
  const isGl = video.model?.acceleration?.accel3d === true && !isVhostUser;
  if (hasVga) return isVhostUser ? "vhost-user-vga" : isGl ? "virtio-vga-gl" : "virtio-vga";
  const base = isVhostUser ? "vhost-user-gpu" : isGl ? "virtio-gpu-gl" : "virtio-gpu";
  return virtioDriver(base, { address: video.address });
}
