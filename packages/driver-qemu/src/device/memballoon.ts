import type { Memballoon } from "@libvirt-ts/conf/domain";
import type { Props } from "../command/types.ts";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

export const memballoonDevice = (balloon: Memballoon, { def }: DeviceContext): Props => ({
  ...virtioProps("virtio-balloon", balloon),
  id: aliasOf(balloon),
  "deflate-on-oom": balloon.autodeflate,
  "free-page-reporting": balloon.freePageReporting,
  ...addressProps(def, balloon),
});
