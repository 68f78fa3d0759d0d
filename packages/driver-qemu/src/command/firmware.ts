import type { DomainDef, StorageSource } from "@libvirt-ts/conf/domain";
import { imageParts } from "../device/block-nodes.ts";
import { type ImageLayer, nodeNames, topNode } from "../device/image-layer.ts";
import { type DeviceContext, optionPart, type Part } from "../device/parts.ts";

/** Flash images: code, then variables. */
function flashLayers({ os }: DomainDef): ImageLayer[] {
  const { loader, nvram } = os;
  if (loader?.type !== "pflash" || !loader.path) return [];
  const layers: ImageLayer[] = [
    {
      place: { type: "file", source: { file: loader.path, seclabels: [] } },
      format: loader.format ?? "raw",
      names: nodeNames("pflash0"),
      readonly: loader.readonly ?? true,
      forceFormat: true,
      backing: loader.format === "qcow2" ? null : undefined,
    },
  ];
  const place = nvramPlace(nvram);
  if (place !== undefined) {
    const format = nvram?.format ?? loader.format ?? "raw";
    layers.push({
      place,
      format,
      names: nodeNames("pflash1"),
      readonly: false,
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
export const pflashNodes = (def: DomainDef): string[] => flashLayers(def).map(topNode);

export function firmwareParts(context: DeviceContext): Part[] {
  const { def } = context;
  const layers = flashLayers(def);
  const parts = layers.flatMap((layer) => imageParts(layer, context));
  if (layers.length > 0 && def.os.loader?.secure === true) {
    parts.push(optionPart("-global", "driver=cfi.pflash01,property=secure,value=on"));
  }
  return parts;
}
