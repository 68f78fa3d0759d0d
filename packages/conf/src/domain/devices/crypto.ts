import { attr, child, element, type Infer, uint } from "@libvirt-ts/xml";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const Backend = element("backend", {
  model: attrOneOf("model", ["builtin", "lkcf"], { required: true }),
  queues: attr("queues", uint),
});

/** Encryption done by the host. */
export const Crypto = element("crypto", {
  model: attrOneOf("model", ["virtio"], { required: true }),
  type: attrOneOf("type", ["qemu"], { required: true }),
  backend: child(Backend),
  driver: child(element("driver", virtioOptions)),
  ...info,
});
export type Crypto = Infer<typeof Crypto>;
