import type { Filesystem } from "@libvirt-ts/conf/domain";
import { optionText } from "../command/text.ts";
import { addressProps } from "./address-props.ts";
import { bootIndexOf } from "./boot-index.ts";
import { chardevParts } from "./chardev.ts";
import { aliasOf, type DeviceContext, devicePart, optionPart, type Part } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

export function filesystemParts(fs: Filesystem, context: DeviceContext): Part[] {
  switch (fs.driver?.type) {
    case "virtiofs":
      return virtiofsParts(fs, context);
    case "mtp":
      return [mediaPart(fs, context)];
    default:
      return plan9Parts(fs, context);
  }
}

/** A player or camera whose pictures lie in a folder of the host. */
const mediaPart = (fs: Filesystem, { def }: DeviceContext): Part =>
  devicePart({
    driver: "usb-mtp",
    id: aliasOf(fs),
    rootdir: fs.type === "mount" ? fs.source?.dir : undefined,
    desc: fs.target?.dir,
    readonly: fs.readonly === true,
    ...addressProps(def, fs),
  });

function plan9Parts(fs: Filesystem, { def }: DeviceContext): Part[] {
  const id = aliasOf(fs);
  const isLocal = fs.driver?.type !== "handle";
  const models = { passthrough: "passthrough", mapped: "mapped", squash: "none" } as const;
  const backend = optionText(isLocal ? "local" : "handle", [
    ["security_model", isLocal ? models[fs.accessmode ?? "passthrough"] : undefined],
    ["multidevs", fs.multidevs === "default" ? undefined : fs.multidevs],
    ["fmode", fs.fmode],
    ["dmode", fs.dmode],
    ["writeout", fs.driver?.wrpolicy],
    ["id", `fsdev-${id}`],
    ["path", fs.type === "mount" ? fs.source?.dir : undefined],
  ]);
  const readonly = fs.readonly === true ? ",readonly=on" : "";
  return [
    optionPart("-fsdev", `${backend}${readonly}`),
    devicePart({
      ...virtioProps("virtio-9p", fs),
      id,
      fsdev: `fsdev-${id}`,
      mount_tag: fs.target?.dir,
      ...addressProps(def, fs),
    }),
  ];
}

function virtiofsParts(fs: Filesystem, context: DeviceContext): Part[] {
  const id = aliasOf(fs);
  const chardev = `chr-vu-${id}`;
  const external = fs.type === "mount" ? fs.source?.socket : undefined;
  const path = external ?? `${context.paths.domain}/${id}-fs.sock`;
  return [
    ...chardevParts(chardev, { type: "unix", source: { mode: "connect", path, seclabels: [] } }, context),
    devicePart({
      ...virtioProps("vhost-user-fs", fs),
      id,
      chardev,
      "queue-size": fs.driver?.queue || undefined,
      tag: fs.target?.dir,
      bootindex: bootIndexOf(fs, context),
      ...addressProps(context.def, fs),
    }),
  ];
}
