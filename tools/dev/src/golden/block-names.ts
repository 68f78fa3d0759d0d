import type { Disk } from "@libvirt-ts/conf/domain";
import { diskLayers, type ImageLayer, type StorageObjects } from "@libvirt-ts/driver-qemu/block";
import type { XmlElement } from "@libvirt-ts/xml";

export interface NamedLayer {
  layer: ImageLayer;
  objects: StorageObjects;
}

const below = (element: XmlElement | undefined, name: string) =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The images of a disk with the names of nodes and objects its private data tell (README §5.2). */
export function namedLayers(disk: Disk): NamedLayer[] {
  const top = diskLayers(disk);
  const layers: NamedLayer[] = [];
  for (let layer = top; layer; layer = layer.backing ?? undefined) {
    const data = layer.place.source?.privateData;
    const [nodes] = below(data, "nodenames");
    const nameOf = (type: string) =>
      below(nodes, "nodename").find(({ attrs }) => attrs.type === type)?.attrs.name;
    const storage = nameOf("storage") ?? layer.names.storage;
    const format = nameOf("format");
    layer.names = { storage, format: format ?? storage, slice: nameOf("slice-storage") ?? layer.names.slice };
    layer.forceFormat = format !== undefined;
    const [tls] = below(below(data, "objects")[0], "TLSx509");
    const [manager] = below(data, "reservations");
    layers.push({
      layer,
      objects: {
        encryptionSecrets: layer.encryption ? [`${layer.names.format}-encalias`] : [],
        ...(layer.auth && { authSecret: `${storage}-secalias` }),
        ...(tls?.attrs.alias && { tlsCreds: tls.attrs.alias }),
        ...(manager?.attrs.mgralias && { prManager: manager.attrs.mgralias }),
      },
    });
  }
  return layers;
}
