import { prettySize } from "@libvirt-ts/util/units";
import {
  attr,
  attrOf,
  child,
  custom,
  element,
  type Field,
  flag,
  type Infer,
  missingAttribute,
  oneOf,
  onOff,
  str,
  strictly,
  uint,
  uintAnyBase,
  type XmlElement,
  yesNo,
} from "@libvirt-ts/xml";
import { xmlError } from "./errors.ts";
import { byteSize, kib, scaledBytes, sized } from "./scalars.ts";
import { attrOneOf } from "./words.ts";

const state = attr("state", onOff);
const requiredState = attr("state", onOff, { required: true });
/** `<TAG state='on'/>` */
const switchOf = (tag: string) => attrOf(tag, "state", onOff, { required: true });
const word = <const W extends readonly string[]>(tag: string, name: string, ...words: W) =>
  attrOf(tag, name, oneOf(words));

/** A size in the unit that suits it best; bytes. */
const pretty = (tag: string, defaultUnit: string): Field<bigint, "optional"> =>
  custom<bigint>({
    tags: [tag],
    like: sized(tag),
    parse(from) {
      const found = from.children.find((each) => each.name === tag);
      if (!found?.text) return undefined;
      return scaledBytes(found.text, found.attrs.unit, defaultUnit, `string(./features/smm/${tag})`);
    },
    formatBody(value, writer) {
      const [count, unit] = prettySize(value);
      writer.open(tag);
      writer.attr("unit", unit);
      writer.closeWithText(tag, count.toString());
    },
  });

/** What is switched on says more; of what is off nothing else is kept. */
const needs =
  <K extends string>(name: K) =>
  (value: { state: boolean } & { [N in K]?: unknown }, from: XmlElement): void => {
    if (!value.state) delete value[name];
    else if (value[name] === undefined) throw missingAttribute(name, from);
  };

const Hyperv = element(
  "hyperv",
  {
    mode: attrOneOf("mode", ["custom", "passthrough", "host-model"], { default: "custom" }),
    relaxed: switchOf("relaxed"),
    vapic: switchOf("vapic"),
    spinlocks: child(
      element(
        "spinlocks",
        { state: requiredState, retries: attr("retries", uintAnyBase) },
        { read: needs("retries") },
      ),
    ),
    vpindex: switchOf("vpindex"),
    runtime: switchOf("runtime"),
    synic: switchOf("synic"),
    stimer: child(
      element("stimer", {
        state: attr("state", onOff, { required: true, strict: { required: false } }),
        direct: switchOf("direct"),
      }),
    ),
    reset: switchOf("reset"),
    vendorId: child(
      element("vendor_id", {
        state: requiredState,
        value: attr("value", strictly(str, /[^,]{0,12}/, "up to twelve characters without comma")),
      }),
    ),
    frequencies: switchOf("frequencies"),
    reenlightenment: switchOf("reenlightenment"),
    tlbflush: child(
      element("tlbflush", {
        state: requiredState,
        direct: switchOf("direct"),
        extended: switchOf("extended"),
      }),
    ),
    ipi: switchOf("ipi"),
    evmcs: switchOf("evmcs"),
    avic: switchOf("avic"),
    emsrBitmap: switchOf("emsr_bitmap"),
    xmmInput: switchOf("xmm_input"),
  },
  {
    lastWins: true,
    endTag: true,
    read({ spinlocks, vendorId, stimer }) {
      if (stimer?.state === false) stimer.direct = undefined;
      if (vendorId && !vendorId.state) vendorId.value = undefined;
      if (spinlocks?.state && spinlocks.retries !== undefined && spinlocks.retries < 0xfff) {
        throw xmlError("HyperV spinlock retry count must be at least 4095");
      }
      if (vendorId?.state && vendorId.value === undefined)
        throw xmlError("missing 'value' attribute for HyperV feature 'vendor_id'");
      if (vendorId?.value !== undefined && vendorId.value.length > 12) {
        throw xmlError("HyperV vendor_id value must not be more than 12 characters.");
      }
      if (vendorId?.value?.includes(",")) throw xmlError("HyperV vendor_id value is invalid");
    },
  },
);
export type Hyperv = Infer<typeof Hyperv>;

const Kvm = element(
  "kvm",
  {
    hidden: switchOf("hidden"),
    hintDedicated: switchOf("hint-dedicated"),
    pollControl: switchOf("poll-control"),
    pvIpi: switchOf("pv-ipi"),
    dirtyRing: child(
      element(
        "dirty-ring",
        { state: requiredState, size: attr("size", uint) },
        {
          read(ring, from) {
            needs("size")(ring, from);
            const { size = 0 } = ring;
            if (ring.state && (size < 1024 || size > 65536 || !Number.isInteger(Math.log2(size))))
              throw xmlError("dirty ring must be power of 2 and ranges [1024, 65536]");
          },
        },
      ),
    ),
  },
  { lastWins: true, endTag: true },
);

const Xen = element(
  "xen",
  {
    e820Host: switchOf("e820_host"),
    passthrough: child(
      element("passthrough", { state: requiredState, mode: attrOneOf("mode", ["sync_pt", "share_pt"]) }),
    ),
  },
  { lastWins: true },
);

/** `<tag/>` means `<tag state='on'/>`. */
const onUnlessTold = (tag: string) =>
  child(
    element(
      tag,
      { state },
      {
        keepEmpty: true,
        read: (it) => {
          it.state ??= true;
        },
      },
    ),
  );

const Smm = element(
  "smm",
  { state, tsegBytes: pretty("tseg", "B") },
  {
    keepEmpty: true,
    read: (smm) => {
      smm.state ??= true;
    },
  },
);

const linuxCapabilities = [
  "audit_control",
  "audit_write",
  "block_suspend",
  "chown",
  "dac_override",
  "dac_read_search",
  "fowner",
  "fsetid",
  "ipc_lock",
  "ipc_owner",
  "kill",
  "lease",
  "linux_immutable",
  "mac_admin",
  "mac_override",
  "mknod",
  "net_admin",
  "net_bind_service",
  "net_broadcast",
  "net_raw",
  "setgid",
  "setfcap",
  "setpcap",
  "setuid",
  "sys_admin",
  "sys_boot",
  "sys_chroot",
  "sys_module",
  "sys_nice",
  "sys_pacct",
  "sys_ptrace",
  "sys_rawio",
  "sys_resource",
  "sys_time",
  "sys_tty_config",
  "syslog",
  "wake_alarm",
];

/** What containers may do. */
const Capabilities = element(
  "capabilities",
  {
    policy: attrOneOf("policy", ["default", "allow", "deny"], { strict: { required: true } }),
    switches: custom<{ name: string; state: string }[]>({
      tags: linuxCapabilities,
      like: Object.fromEntries(linuxCapabilities.map((name) => [name, switchOf(name)])),
      parse(from) {
        return from.children.map((each) => ({ name: each.name, state: each.attrs.state ?? "on" }));
      },
      formatBody(value, writer) {
        for (const each of value) {
          writer.open(each.name);
          writer.attr("state", each.state);
          writer.close(each.name);
        }
      },
    }),
  },
  { lastWins: true },
);

/** Switches of the machine, the CPU's surroundings and the hypervisor. */
export const Features = element(
  "features",
  {
    acpi: flag("acpi"),
    apic: child(element("apic", { eoi: attr("eoi", onOff) }, { keepEmpty: true })),
    pae: flag("pae"),
    hap: child(element("hap", { state }, { keepEmpty: true })),
    viridian: flag("viridian"),
    privnet: flag("privnet"),
    hyperv: child(Hyperv),
    kvm: child(Kvm),
    pvspinlock: onUnlessTold("pvspinlock"),
    capabilities: child(Capabilities),
    pmu: onUnlessTold("pmu"),
    vmport: onUnlessTold("vmport"),
    gic: child(element("gic", { version: attrOneOf("version", ["2", "3", "host"]) }, { keepEmpty: true })),
    smm: child(Smm),
    ioapic: word("ioapic", "driver", "kvm", "qemu"),
    hpt: child(
      element("hpt", {
        resizing: attrOneOf("resizing", ["enabled", "disabled", "required"]),
        maxpagesizeBytes: byteSize("maxpagesize"),
      }),
    ),
    vmcoreinfo: onUnlessTold("vmcoreinfo"),
    htm: switchOf("htm"),
    nestedHv: switchOf("nested-hv"),
    msrs: attrOf("msrs", "unknown", oneOf(["ignore", "fault"]), { required: true }),
    ccfAssist: switchOf("ccf-assist"),
    xen: child(Xen),
    cfpc: word("cfpc", "value", "broken", "workaround", "fixed"),
    sbbc: word("sbbc", "value", "broken", "workaround", "fixed"),
    ibs: word("ibs", "value", "broken", "workaround", "fixed-ibs", "fixed-ccd", "fixed-na"),
    tcg: child(element("tcg", { tbCacheKiB: kib("tb-cache") })),
    asyncTeardown: child(
      element("async-teardown", {
        enabled: attr("enabled", yesNo, { default: true, strict: { required: true } }),
      }),
    ),
    ras: switchOf("ras"),
    ps2: switchOf("ps2"),
    aia: word("aia", "value", "none", "aplic", "aplic-imsic"),
  },
  {
    lastWins: true,
    read(features) {
      const { hpt } = features;
      if (hpt && Object.keys(hpt).length === 0) delete features.hpt;
    },
  },
);
export type Features = Infer<typeof Features>;
