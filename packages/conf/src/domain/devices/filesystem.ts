import { bytesToKiB } from "@libvirt-ts/util/units";
import {
  attr,
  attrOf,
  child,
  custom,
  element,
  fixed,
  flag,
  type Infer,
  list,
  oneOf,
  onOff,
  refusing,
  size,
  str,
  strictly,
  uint,
  variant,
} from "@libvirt-ts/xml";
import { absDir, absPath, anyInteger, cleanAbsPath, genericName, sizeUnit } from "../../types.ts";
import { noSource, noTarget, xmlError } from "../errors.ts";
import { bootInfo } from "../info.ts";
import { amount, byteSize, scaledBytes } from "../scalars.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";

const FsDriver = element("driver", {
  type: attrOneOf("type", ["path", "handle", "loop", "nbd", "ploop", "virtiofs", "mtp"]),
  format: attr("format", str),
  name: attr("name", str),
  wrpolicy: attrOneOf("wrpolicy", ["immediate"], { neutral: "default" }),
  queue: attr(
    "queue",
    refusing(size, (text) => xmlError(`cannot parse queue size '${text}' for virtiofs`)),
    { emptyIsAbsent: true, omit: 0 },
  ),
  ...virtioOptions,
});

const Binary = element("binary", {
  path: attr("path", cleanAbsPath, { emptyIsAbsent: true }),
  xattr: attr("xattr", onOff),
  cache: attrOf("cache", "mode", oneOf(["none", "always"]), { strict: { bare: true } }),
  sandbox: attrOf("sandbox", "mode", oneOf(["namespace", "chroot"]), { strict: { bare: true } }),
  lock: child(element("lock", { posix: attr("posix", onOff), flock: attr("flock", onOff) })),
  threadPoolSize: attrOf(
    "thread_pool",
    "size",
    anyInteger(refusing(uint, (text) => xmlError(`cannot parse thread pool size '${text}' for virtiofs`))),
    { emptyIsAbsent: true },
  ),
  openfilesMax: attrOf(
    "openfiles",
    "max",
    refusing(size, (text) => xmlError(`cannot parse openfiles '${text}' for virtiofs`)),
    { emptyIsAbsent: true },
  ),
});

const badIdmap = () => xmlError("invalid idmap start/target/count settings");
const idNumber = (name: string) =>
  attr(name, refusing(uint, badIdmap), { required: true, missing: badIdmap });
const idRange = { start: idNumber("start"), target: idNumber("target"), count: idNumber("count") };

/** Guest user and group numbers, and which host numbers stand for them. */
export const Idmap = element("idmap", {
  uids: list(element("uid", idRange)),
  gids: list(element("gid", idRange)),
});
export type Idmap = Infer<typeof Idmap>;

const needed = { strict: { required: true } } as const;

/** `<source usage='1' units='MiB'/>`: how much memory the files may take. */
const usageKiB = custom<number>({
  attrs: ["usage", "units"],
  like: { usage: attr("usage", amount, needed), units: attr("units", sizeUnit) },
  parse(from) {
    const { usage, units } = from.attrs;
    return usage === undefined
      ? undefined
      : Number(bytesToKiB(scaledBytes(usage, units, "KiB", "./source/@usage")));
  },
  formatAttrs(value, writer) {
    writer.attr("usage", String(value));
    writer.attr("units", "KiB");
  },
});

/** A directory tree of the host shown in the guest. `target.dir` is a path in the guest or a mount tag. */
export const Filesystem = element(
  "filesystem",
  {
    type: attrOneOf("type", ["mount", "block", "file", "template", "ram", "bind", "volume"], {
      default: "mount",
    }),
    accessmode: attrOneOf("accessmode", ["passthrough", "mapped", "squash"], { emptyIsAbsent: true }),
    model: fixed(
      "Target filesystem model does not match source",
      attrOneOf("model", ["virtio", "virtio-transitional", "virtio-non-transitional"]),
    ),
    multidevs: attrOneOf("multidevs", ["default", "remap", "forbid", "warn"], { omit: "default" }),
    fmode: attr("fmode", strictly(str, /0[0-7]{3}|[0-7]{1,3}/, "an octal mode")),
    dmode: attr("dmode", strictly(str, /0[0-7]{3}|[0-7]{1,3}/, "an octal mode")),
    driver: child(FsDriver),
    binary: child(Binary, { joins: true }),
    idmap: child(Idmap, { joins: true }),
    $source: variant("type", {
      mount: {
        source: child(
          element("source", { dir: attr("dir", absDir, needed), socket: attr("socket", absPath) }),
        ),
      },
      bind: { source: child(element("source", { dir: attr("dir", absDir, needed) })) },
      block: { source: child(element("source", { dev: attr("dev", absPath) })) },
      file: { source: child(element("source", { file: attr("file", absPath) })) },
      template: { source: child(element("source", { name: attr("name", genericName) })) },
      ram: { source: child(element("source", { usageKiB })) },
      volume: { source: child(element("source", { pool: attr("pool", str), volume: attr("volume", str) })) },
    }),
    target: child(
      element("target", {
        dir: fixed("filesystem guest target", attr("dir", str, { ...needed, emptyIsAbsent: true })),
      }),
      needed,
    ),
    readonly: flag("readonly"),
    spaceHardLimit: byteSize("space_hard_limit", { where: "./space_hard_limit[1]" }),
    spaceSoftLimit: byteSize("space_soft_limit", { where: "./space_soft_limit[1]" }),
    ...bootInfo,
  },
  {
    read(fs) {
      if (fs.type !== "ram" && !fs.source) throw noSource(fs.target?.dir);
      if (fs.driver?.type !== "virtiofs") {
        fs.binary = undefined;
        if (fs.driver) fs.driver.queue = undefined;
      }
      if (fs.driver && fs.driver.type === undefined) fs.driver.wrpolicy = undefined;
      if (fs.type === "mount" && fs.source?.dir === undefined && fs.source?.socket === undefined)
        throw noSource(fs.target?.dir);
      if (fs.target?.dir === undefined)
        throw noTarget(fs.type === "mount" || fs.type === "bind" ? fs.source?.dir : undefined);
    },
  },
);
export type Filesystem = Infer<typeof Filesystem>;
