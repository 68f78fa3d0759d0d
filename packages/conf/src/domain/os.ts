import {
  absentIs,
  attr,
  attrOf,
  child,
  element,
  fixed,
  type Infer,
  int,
  leaf,
  leaves,
  list,
  oneOf,
  optionalVariant,
  str,
  strictly,
  text,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath, arch, cleanAbsPath, genericName, machineName, unsignedShort, within } from "../types.ts";
import { refuseTwice } from "./check/twice.ts";
import { sourceByType, sourceTypes } from "./devices/storage-source.ts";
import { unsupported, xmlError } from "./errors.ts";
import { attrOneOf, orNothing } from "./words.ts";

const osTypes = oneOf(["linux", "xen", "hvm", "exe", "uml", "xenpvh"], (value) =>
  unsupported(`unknown OS type '${value}'`),
);
const noType = () => xmlError("an os <type> must be specified");
const OsType = element("type", {
  arch: fixed("domain architecture", attr("arch", arch, { emptyIsAbsent: true })),
  machine: fixed("domain machine type", attr("machine", machineName, { emptyIsAbsent: true })),
  name: fixed("domain OS type", text(osTypes, { required: true, missing: noType })),
});

const Loader = element(
  "loader",
  {
    readonly: attr("readonly", yesNo),
    secure: attr("secure", yesNo),
    type: attrOneOf("type", ["rom", "pflash"]),
    stateless: attr("stateless", yesNo),
    format: attrOneOf("format", ["raw", "qcow2"], { neutral: "none" }),
    path: text(absPath),
  },
  { keepEmpty: true },
);
export type Loader = Infer<typeof Loader>;

const NvramSyntax = element("nvram", {
  template: attr("template", absPath),
  templateFormat: attrOneOf("templateFormat", ["raw", "qcow2"], { neutral: "none" }),
  type: attrOneOf("type", sourceTypes),
  format: attrOneOf("format", ["raw", "qcow2"], { neutral: "none" }),
  $source: optionalVariant("type", sourceByType),
  path: text(absPath),
});

const Bootmenu = element(
  "bootmenu",
  {
    enable: attr("enable", yesNo, { strict: { required: true } }),
    timeout: attr(
      "timeout",
      unsignedShort({
        ...uint,
        parse: (text, from, name) => (from.attrs.enable === "yes" ? uint.parse(text, from, name) : 0),
      }),
    ),
  },
  {
    read(menu) {
      if (menu.enable !== true) menu.timeout = undefined;
      if ((menu.timeout ?? 0) > 0xffff)
        throw unsupported("invalid value for boot menu timeout, must be in range [0,65535]");
    },
  },
);
const Bios = element("bios", {
  useserial: attr("useserial", yesNo),
  rebootTimeout: attr("rebootTimeout", within(int, -1, 32767)),
});
const Firmware = element("firmware", {
  features: list(
    element("feature", {
      enabled: attr("enabled", yesNo, { required: true }),
      name: attrOneOf("name", ["enrolled-keys", "secure-boot"], { required: true }),
    }),
  ),
});
const AcpiTable = element("table", {
  type: attrOneOf("type", ["raw", "rawset", "slic", "msdm"], { required: true }),
  path: text(cleanAbsPath),
});

function checkTables(tables: readonly { type: string }[]): void {
  const types = tables.flatMap(({ type }) => (type === "raw" ? [] : [type]));
  refuseTwice(types, (type) => xmlError(`ACPI table type '${type}' may only appear once`));
}

/** What the guest boots, and on which machine. */
export const Os = element("os", {
  firmware: attrOneOf("firmware", ["bios", "efi"], {
    emptyIsAbsent: true,
    refuse: (value) => xmlError(`unknown firmware value ${value}`),
  }),
  type: child(OsType, { required: true, missing: noType }),
  firmwareInfo: child(Firmware),
  init: leaf("init", absPath),
  initargs: leaves("initarg", str),
  initenvs: list(
    element("initenv", {
      name: attr("name", strictly(str, /[a-zA-Z_]+[a-zA-Z0-9_]*/, "the name of a variable"), {
        required: true,
      }),
      value: text(str),
    }),
  ),
  initdir: leaf("initdir", absPath),
  inituser: leaf("inituser", genericName),
  initgroup: leaf("initgroup", genericName),
  loader: child(Loader),
  nvram: child(NvramSyntax),
  kernel: leaf("kernel", absPath),
  initrd: leaf("initrd", absPath),
  cmdline: leaf("cmdline", str),
  shim: leaf("shim", str),
  dtb: leaf("dtb", absPath),
  root: leaf("root", absPath),
  acpi: child(element("acpi", { tables: list(AcpiTable) }, { read: ({ tables }) => checkTables(tables) }), {
    joins: true,
  }),
  boots: list(
    element("boot", { dev: attrOneOf("dev", ["fd", "cdrom", "hd", "network"], { required: true }) }),
  ),
  bootmenu: child(Bootmenu),
  smbios: fixed(
    absentIs("none", "domain SMBIOS mode"),
    attrOf(
      "smbios",
      "mode",
      orNothing(
        oneOf(["emulate", "host", "sysinfo"], (text) => unsupported(`unknown smbios mode '${text}'`)),
        "none",
      ),
      { emptyIsAbsent: true },
    ),
  ),
  bios: child(Bios),
});
export type Os = Infer<typeof Os>;
export type BootDevice = Os["boots"][number]["dev"];
