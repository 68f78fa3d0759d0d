import type { Rng } from "@libvirt-ts/conf/domain";
import { addressProps } from "./address-props.ts";
import { chardevParts } from "./chardev.ts";
import { aliasOf, type DeviceContext, devicePart, objectPart, type Part } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

export function rngParts(rng: Rng, context: DeviceContext): Part[] {
  const alias = aliasOf(rng);
  const object = `obj${alias}`;
  const parts: Part[] = [];
  const { backend, rate } = rng;
  switch (backend.model) {
    case "random":
      parts.push(objectPart({ "qom-type": "rng-random", id: object, filename: backend.path }));
      break;
    case "egd":
      parts.push(...chardevParts(`char${alias}`, backend.source, context));
      parts.push(objectPart({ "qom-type": "rng-egd", id: object, chardev: `char${alias}` }));
      break;
    case "builtin":
      parts.push(objectPart({ "qom-type": "rng-builtin", id: object }));
      break;
  }
  parts.push(
    devicePart({
      ...virtioProps("virtio-rng", rng),
      rng: object,
      id: alias,
      // QEMU wants both or neither; a second is what leaving out the period means.
      ...(rate?.bytes ? { "max-bytes": rate.bytes, period: rate.period || 1000 } : {}),
      ...addressProps(context.def, rng),
    }),
  );
  return parts;
}
