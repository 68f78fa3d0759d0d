import type { Vsock } from "@libvirt-ts/conf/domain";
import type { Props } from "../command/types.ts";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

export function vsockDevice(vsock: Vsock, { def, fds, resources, vsockCid }: DeviceContext): Props {
  const id = aliasOf(vsock);
  return {
    ...virtioProps("vhost-vsock", vsock),
    id,
    "guest-cid": vsock.cid?.address || vsockCid,
    vhostfd: String(fds.use(resources.device(id, "vsock"))),
    ...addressProps(def, vsock),
  };
}
