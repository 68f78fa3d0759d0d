import { attr, child, childrenNamed, element, type Infer, uint } from "@libvirt-ts/xml";
import { xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const Backend = element("backend", {
  model: attrOneOf("model", ["builtin", "lkcf"], { required: true }),
  queues: attr("queues", uint),
});

const notOneBackend = () => xmlError("only one crypto backend is supported");

/** Encryption done by the host. */
export const Crypto = element(
  "crypto",
  {
    model: attrOneOf("model", ["virtio"], { required: true }),
    type: attrOneOf("type", ["qemu"], { required: true }),
    backend: child(Backend, { required: true, missing: notOneBackend }),
    driver: child(element("driver", virtioOptions)),
    ...info,
  },
  {
    read(_crypto, from) {
      if (childrenNamed(from, "backend").length > 1) throw notOneBackend();
    },
  },
);
export type Crypto = Infer<typeof Crypto>;
