import type { Crypto } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, objectPart, type Part } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

export function cryptoParts(crypto: Crypto, { def }: DeviceContext): Part[] {
  const id = aliasOf(crypto);
  const object = `obj${id}`;
  const model = crypto.backend.model;
  return [
    objectPart({
      "qom-type": `cryptodev-backend-${model}`,
      id: object,
      queues: crypto.backend.queues || undefined,
    }),
    devicePart({
      ...virtioProps("virtio-crypto", crypto),
      cryptodev: object,
      id,
      ...addressProps(def, crypto),
    }),
  ];
}
