import {
  attr,
  attrOf,
  child,
  childrenNamed,
  custom,
  element,
  fixed,
  type Infer,
  int,
  leaf,
  list,
  oneOf,
  onOff,
  positive,
  refusing,
  str,
  strictly,
  text,
  uint,
  ulong,
  yesNo,
} from "@libvirt-ts/xml";
import { metadata } from "../metadata.ts";
import { absPath, oneLine, unsigned, within } from "../types.ts";
import {
  compareFeatures,
  compareInitialMemory,
  compareMaxMemory,
  compareSysinfos,
  compareVcpus,
} from "./abi-rules.ts";
import { Clock } from "./clock.ts";
import { Cpu, compareCpus } from "./cpu.ts";
import { Cputune } from "./cputune.ts";
import { Devices } from "./devices/devices.ts";
import { Idmap } from "./devices/filesystem.ts";
import { ThrottleGroups } from "./devices/iotune.ts";
import { internalError, unsupported, xmlError } from "./errors.ts";
import { Features } from "./features.ts";
import { withTwin } from "./fill/consoles.ts";
import { Keywrap, LaunchSecurity } from "./launch-security.ts";
import {
  type DriverNamespace,
  keepNamespace,
  namespaceFields,
  namespaceUri,
  usedNamespace,
} from "./namespaces.ts";
import { Os } from "./os.ts";
import { bitmap, parseKiB, sized, uuid } from "./scalars.ts";
import { Seclabel } from "./seclabel.ts";
import { Sysinfo } from "./sysinfo.ts";
import { Blkiotune, MemoryBacking, Memtune, Numatune } from "./tuning.ts";
import { attrOneOf } from "./words.ts";

export const domainTypes = [
  "qemu",
  "kqemu",
  "kvm",
  "xen",
  "lxc",
  "uml",
  "openvz",
  "test",
  "vmware",
  "hyperv",
  "vbox",
  "phyp",
  "parallels",
  "bhyve",
  "vz",
  "hvf",
] as const;

const lifecycle = ["destroy", "restart", "rename-restart", "preserve"] as const;
const crashActions = [...lifecycle, "coredump-destroy", "coredump-restart"] as const;

/** `<memory dumpCore='on' unit='KiB'>N</memory>` makes up two fields; this one writes both. */
const memoryKiB = custom<number>({
  tags: ["memory"],
  like: sized("memory", { dumpCore: attr("dumpCore", onOff) }),
  parse(from) {
    const found = from.children.find((each) => each.name === "memory");
    return found && found.text !== "" ? parseKiB(found, "./memory[1]") : undefined;
  },
  formatBody(value, writer, _context, { dumpCore }) {
    writer.open("memory");
    if (dumpCore !== undefined) writer.attr("dumpCore", dumpCore ? "on" : "off");
    writer.attr("unit", "KiB");
    writer.closeWithText("memory", String(value));
  },
});
const dumpCore = custom<boolean>({
  tags: ["memory"],
  like: {},
  parse(from) {
    const found = from.children.find((each) => each.name === "memory");
    const written = found?.attrs.dumpCore;
    return found && written !== undefined ? onOff.parse(written, found, "dumpCore") : undefined;
  },
});

const slotCount = refusing(uint, () => xmlError("Failed to parse memory slot count"));
/** `<maxMemory slots='16' unit='KiB'>N</maxMemory>`: how far memory may grow. */
const maxMemory = custom<{ sizeKiB: number; slots?: number | undefined }>({
  tags: ["maxMemory"],
  like: sized("maxMemory", { slots: attr("slots", uint) }),
  parse(from) {
    const found = from.children.find((each) => each.name === "maxMemory");
    if (!found) return undefined;
    const slots = found.attrs.slots;
    return {
      sizeKiB: found.text === "" ? 0 : parseKiB(found, "./maxMemory[1]"),
      ...(slots && { slots: slotCount.parse(slots, found, "slots") }),
    };
  },
  formatBody(value, writer) {
    writer.open("maxMemory");
    if (value.slots) writer.attr("slots", String(value.slots));
    writer.attr("unit", "KiB");
    writer.closeWithText("maxMemory", String(value.sizeKiB));
  },
});

const currentMemory = custom<number>({
  tags: ["currentMemory"],
  like: sized("currentMemory"),
  parse(from) {
    const found = from.children.find((each) => each.name === "currentMemory");
    return found && found.text !== "" ? parseKiB(found, "./currentMemory[1]") : undefined;
  },
  formatBody(value, writer) {
    writer.open("currentMemory");
    writer.attr("unit", "KiB");
    writer.closeWithText("currentMemory", String(value));
  },
});

/** How many virtual CPUs there are at most (`count`), and how many at the start. */
const Vcpu = element("vcpu", {
  placement: attrOneOf("placement", ["static", "auto"]),
  cpuset: attr("cpuset", bitmap),
  current: attr("current", within(uint, 1, 65535)),
  count: text(
    within(
      refusing(uint, () => xmlError("maximum vcpus count must be an integer")),
      1,
      65535,
    ),
    { strict: { required: true } },
  ),
});
const VcpuList = element("vcpus", {
  vcpus: list(
    element("vcpu", {
      id: attr("id", uint, { required: true }),
      enabled: attr("enabled", yesNo, { required: true }),
      hotpluggable: attr("hotpluggable", yesNo),
      order: attr("order", uint),
    }),
  ),
});

const Iothread = element("iothread", {
  id: attr("id", positive, { required: true }),
  threadPoolMin: attr("thread_pool_min", unsigned(int)),
  threadPoolMax: attr("thread_pool_max", unsigned(int)),
  poll: child(
    element("poll", { max: attr("max", ulong), grow: attr("grow", ulong), shrink: attr("shrink", ulong) }),
  ),
});

/** Says nothing without its attribute, and may. */
const mayBeEmpty = { strict: { bare: true } } as const;

const Perf = element("perf", {
  events: list(
    element("event", {
      name: attr("name", str, { required: true }),
      enabled: attr("enabled", yesNo, { required: true }),
    }),
  ),
});
const Genid = element("genid", { uuid: fixed("domain genid", text(uuid)) }, { keepEmpty: true });

/** Of these a guest has one. */
const single = [
  ["genid", () => xmlError("element 'genid' can only appear once")],
  ["resource", () => xmlError("only one resource element is supported")],
  ["numatune", () => xmlError("only one numatune is supported")],
] as const;

/** A guest, as written. Memory sizes in KiB. */
export const DomainSyntax = element(
  "domain",
  {
    type: fixed(
      "domain virt type",
      attrOneOf("type", domainTypes, {
        required: true,
        emptyIsAbsent: true,
        refuse: (text) => unsupported(`invalid domain type ${text}`),
        missing: () => internalError("missing domain type attribute"),
      }),
    ),
    id: attr("id", unsigned(int), { show: "live" }),
    xmlns: custom<DriverNamespace>({
      attrs: [],
      parse: () => undefined,
      formatAttrs: (driver, writer) => writer.attr(`xmlns:${driver}`, namespaceUri(driver)),
    }),
    name: fixed(
      "Target domain name '%t' does not match source '%s'",
      leaf("name", oneLine, { strict: { required: true } }),
    ),
    uuid: fixed("domain uuid", leaf("uuid", uuid)),
    genid: fixed("Target domain requested genid does not match source", child(Genid)),
    title: leaf("title", oneLine),
    description: leaf("description", str),
    metadata,
    maxMemory: fixed(compareMaxMemory, maxMemory),
    dumpCore,
    memoryKiB: fixed(compareInitialMemory, memoryKiB),
    currentMemoryKiB: fixed("domain current memory", currentMemory),
    blkiotune: child(Blkiotune, { joins: true }),
    memtune: child(Memtune, { joins: true }),
    memoryBacking: child(MemoryBacking, { joins: true }),
    vcpu: fixed(compareVcpus, child(Vcpu)),
    vcpuList: child(VcpuList, { joins: true }),
    iothreads: leaf(
      "iothreads",
      refusing(uint, (text) => xmlError(`invalid iothreads count '${text}'`)),
      { omit: 0 },
    ),
    iothreadids: child(element("iothreadids", { iothreads: list(Iothread) }), { joins: true }),
    defaultiothread: child(
      element("defaultiothread", {
        threadPoolMin: attr("thread_pool_min", unsigned(int)),
        threadPoolMax: attr("thread_pool_max", unsigned(int)),
      }),
    ),
    throttlegroups: child(ThrottleGroups, { joins: true }),
    cputune: child(Cputune, { joins: true }),
    numatune: child(Numatune),
    resource: child(
      element("resource", {
        partition: leaf("partition", absPath),
        fibrechannel: attrOf(
          "fibrechannel",
          "appid",
          strictly(str, /[ -~]{1,128}/, "up to 128 printable characters"),
        ),
      }),
    ),
    sysinfos: fixed(compareSysinfos, list(Sysinfo)),
    bootloader: leaf("bootloader", str),
    bootloaderArgs: leaf("bootloader_args", str),
    os: child(Os, {
      joins: true,
      required: true,
      strict: { required: false },
      missing: () => xmlError("an os <type> must be specified"),
    }),
    idmap: child(Idmap, { joins: true }),
    features: fixed(compareFeatures, child(Features, { joins: true })),
    cpu: fixed(compareCpus, child(Cpu)),
    clock: child(Clock, { joins: true }),
    onPoweroff: leafOf("on_poweroff", lifecycle),
    onReboot: leafOf("on_reboot", lifecycle),
    onCrash: leafOf("on_crash", crashActions),
    onLockfailure: leafOf("on_lockfailure", ["poweroff", "restart", "pause", "ignore"]),
    pm: child(
      element("pm", {
        suspendToMem: attrOf("suspend-to-mem", "enabled", yesNo, mayBeEmpty),
        suspendToDisk: attrOf("suspend-to-disk", "enabled", yesNo, mayBeEmpty),
      }),
      { joins: true },
    ),
    perf: child(Perf, { joins: true }),
    devices: child(Devices, { joins: true }),
    seclabels: list(Seclabel),
    keywrap: child(Keywrap, { joins: true }),
    launchSecurity: child(LaunchSecurity),
    ...namespaceFields,
  },
  {
    read(def, from, context) {
      keepNamespace(def, context.namespace);
      for (const [tag, refuse] of single) if (childrenNamed(from, tag).length > 1) throw refuse();
      if (def.vcpu && def.vcpu.count === undefined) throw xmlError("maximum vcpus count must be an integer");
    },
    view(def) {
      const xmlns = usedNamespace(def);
      const isHvm = def.os.type.name === "hvm";
      return {
        ...def,
        ...(xmlns && { xmlns }),
        ...(isHvm && def.devices && { devices: withTwin(def.devices) }),
      };
    },
  },
);
export type DomainSyntax = Infer<typeof DomainSyntax>;

function leafOf<const W extends readonly string[]>(tag: string, words: W) {
  return leaf(
    tag,
    oneOf(words, (text) => unsupported(`unknown ${tag} action: ${text}`)),
  );
}
