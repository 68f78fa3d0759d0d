import type { DomainDef, StorageSource } from "@libvirt-ts/conf/domain";
import { imageParts } from "../device/block-nodes.ts";
import { type ImageLayer, nodeNames, topNode } from "../device/image-layer.ts";
import { type DeviceContext, optionPart, type Part } from "../device/parts.ts";
import { noFirmware } from "../fill/firmware.ts";

type Flashed = Pick<DeviceContext, "def" | "caps">;

/** Flash images: code, then variables. */
function flashLayers({ def: { os }, caps }: Flashed): ImageLayer[] {
  const { loader, nvram } = os;
  if (loader?.type !== "pflash" || !loader.path) return [];
  const layers: ImageLayer[] = [
    {
      place: { type: "file", source: { file: loader.path, seclabels: [] } },
      format: loader.format ?? "raw",
      names: nodeNames("pflash0"),
      readonly: loader.readonly ?? false,
      forceFormat: true,
      backing: loader.format === "qcow2" ? null : undefined,
    },
  ];
  const place = nvramPlace(nvram);
  if (place !== undefined) {
    const format = nvram?.format ?? loader.format ?? "raw";
    layers.push({
      place,
      auth: place.source?.auth,
      format,
      names: nodeNames("pflash1"),
      readonly: false,
      forceFormat: !caps.flags.has("blockjob.backing-mask-protocol"),
      backing: format === "qcow2" ? null : undefined,
    });
  }
  return layers;
}

function nvramPlace(nvram: DomainDef["os"]["nvram"]): StorageSource | undefined {
  if (nvram === undefined) return undefined;
  if (nvram.path) return { type: "file", source: { file: nvram.path, seclabels: [] } };
  return nvram.type !== undefined && nvram.source !== undefined ? (nvram as StorageSource) : undefined; // type and source of one kind
}

/** Names of the nodes the machine takes its flash from. */
export const pflashNodes = (context: Flashed): string[] => flashLayers(context).map(topNode);

export function firmwareParts(context: DeviceContext): Part[] {
  const { def } = context;
  const isAutomatic = def.os.firmware !== undefined;
  const chosen =
    def.os.loader?.path && def.os.firmwareInfo?.features.some(({ name }) => name === "secure-boot");
  if (isAutomatic && !chosen) throw noFirmware(def.os);
  const layers = flashLayers(context);
  return layers.flatMap((layer) => imageParts(layer, context));
}

/** Keeps the guest from writing variables outside of SMM. */
export function secureFlashParts({ def }: DeviceContext): Part[] {
  const isSecure = def.os.loader?.type === "pflash" && def.os.loader.secure === true;
  return isSecure ? [optionPart("-global", "driver=cfi.pflash01,property=secure,value=on")] : [];
}
