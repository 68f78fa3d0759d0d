import type { DomainDef, FillFlags } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { FirmwareDescriptor, FirmwareMapping } from "./firmware-descriptor.ts";

export interface FirmwareContext {
  /** Descriptors of the host, best first. */
  firmware?: readonly FirmwareDescriptor[];
  /** Pairs of code and variables from before descriptors. */
  legacyFirmware?: readonly (readonly [code: string, vars: string])[];
  /** Folder of the guests' own variables. */
  nvramDir?: string;
}

type Os = DomainDef["os"];

/** Finds firmware for what a guest asks for, or what is known about the firmware it names. */
export function fillFirmware(def: DomainDef, context: FirmwareContext, { abiUpdate }: FillFlags): void {
  const { os } = def;
  const isAutomatic = os.firmware !== undefined;
  if (!isAutomatic && os.loader?.type !== "pflash") {
    if (os.loader?.path) {
      os.loader.type = "rom";
      os.loader.format ??= "raw";
    }
    return;
  }
  // Before formats could be named only raw images were ever chosen; old definitions keep getting one.
  const named = os.loader?.format ?? os.nvram?.format;
  const wanted = isAutomatic && !abiUpdate ? (named ?? "raw") : named;
  const found = context.firmware?.find((each) => matches(each, def, wanted));
  if (found !== undefined) apply(found, def);
  else if (isAutomatic) {
    if (abiUpdate) throw noFirmware(os);
    if (os.loader !== undefined) os.loader.format ??= "raw";
    return;
  } else {
    takeLegacy(os, context);
    if (os.loader !== undefined) os.loader.format ??= "raw";
  }
  addNvram(def, context, abiUpdate === true);
}

export const noFirmware = (os: Os) =>
  new VirError(
    ErrorDomain.QEMU,
    ErrorCode.OPERATION_FAILED,
    `Unable to find '${os.firmware}' firmware that is compatible with the current configuration`,
  );

const interfaceOf = ({ firmware }: Os) => (firmware === "bios" ? "bios" : "uefi");

function matches(firmware: FirmwareDescriptor, def: DomainDef, format: string | undefined): boolean {
  const { os } = def;
  const has = (feature: string) => firmware.features.includes(feature);
  if (!firmware["interface-types"].includes(interfaceOf(os))) return false;
  if (!fitsMachine(firmware, os.type)) return false;
  if (def.pm?.suspendToMem && !has("acpi-s3")) return false;
  if (def.pm?.suspendToDisk && !has("acpi-s4")) return false;
  for (const { name, enabled } of os.firmwareInfo?.features ?? []) if (has(name) !== enabled) return false;
  const secure = os.loader?.secure;
  if (secure === true && !(has("secure-boot") && has("requires-smm"))) return false;
  if (secure === false && has("requires-smm")) return false;
  if (has("requires-smm") && def.features?.smm?.state === false) return false;
  if (!fitsLaunchSecurity(def, has)) return false;
  return fitsMapping(firmware.mapping, os, format);
}

/** Machine patterns are shell globs over canonical names. */
export function fitsMachine(
  { targets }: FirmwareDescriptor,
  { arch = "", machine = "" }: { arch?: string | undefined; machine?: string | undefined },
): boolean {
  return targets.some(
    (target) =>
      (target.architecture === "i386" ? "i686" : target.architecture) === arch &&
      target.machines.some((pattern) => globs(pattern).test(machine)),
  );
}

const globs = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );

function fitsLaunchSecurity({ launchSecurity }: DomainDef, has: (feature: string) => boolean): boolean {
  switch (launchSecurity?.type) {
    case "sev":
      // Bit 2 of the policy asks for encrypted CPU state.
      return has("amd-sev") && (!(launchSecurity.policy & 4) || has("amd-sev-es"));
    case "sev-snp":
      return has("amd-sev-snp");
    default:
      return true;
  }
}

function fitsMapping(mapping: FirmwareMapping, { loader, nvram }: Os, format: string | undefined): boolean {
  switch (mapping.device) {
    case "flash": {
      const { mode = "split", executable, "nvram-template": template } = mapping;
      if (loader?.type !== undefined && loader.type !== "pflash") return false;
      // A copy of its own for each guest is nothing we could make.
      if (loader?.readonly === false || mode === "combined") return false;
      if ((mode === "stateless") !== (loader?.stateless === true)) return false;
      if (loader?.path && loader.path !== executable.filename) return false;
      if (format !== undefined && format !== executable.format) return false;
      if (mode === "stateless") return true;
      if (nvram?.template !== undefined && nvram.template !== template?.filename) return false;
      return nvram?.templateFormat === undefined || nvram.templateFormat === template?.format;
    }
    case "memory":
      if (loader?.type !== undefined && loader.type !== "rom") return false;
      if (
        nvram !== undefined ||
        loader?.readonly === false ||
        loader?.stateless === false ||
        (format !== undefined && format !== "raw")
      )
        return false;
      return !loader?.path || loader.path === mapping.filename;
    default:
      return false;
  }
}

function apply({ mapping, features, "interface-types": types }: FirmwareDescriptor, def: DomainDef) {
  const { os } = def;
  os.firmware = types.includes("bios") && os.firmware === "bios" ? "bios" : "efi";
  // Which keys are enrolled in variables that are already there nobody can tell.
  const hasOwnNvram = os.nvram?.type !== undefined && os.nvram.type !== "file";
  os.firmwareInfo = {
    features: (["enrolled-keys", "secure-boot"] as const)
      .filter((name) => name !== "enrolled-keys" || !hasOwnNvram)
      .map((name) => ({ enabled: features.includes(name), name })),
  };
  os.loader ??= {};
  const { loader } = os;
  if (mapping.device === "flash") {
    const template = mapping["nvram-template"];
    loader.type = "pflash";
    loader.readonly = true;
    loader.format = mapping.executable.format === "qcow2" ? "qcow2" : "raw";
    loader.path = mapping.executable.filename;
    if (mapping.mode !== "stateless" && template !== undefined && !hasOwnNvram) {
      os.nvram ??= {};
      os.nvram.template ??= template.filename;
      os.nvram.templateFormat ??= template.format === "qcow2" ? "qcow2" : "raw";
      os.nvram.format = os.nvram.templateFormat;
    }
  } else if (mapping.device === "memory") {
    loader.type = "rom";
    loader.format = "raw";
    loader.path = mapping.filename;
  }
  if (features.includes("requires-smm")) {
    loader.secure = true;
    def.features ??= {};
    def.features.smm ??= { state: true };
  }
}

function takeLegacy(os: Os, { legacyFirmware = [] }: FirmwareContext) {
  const { loader, nvram } = os;
  if (loader?.readonly !== true || loader.stateless) return;
  if (nvram?.type !== undefined && nvram.type !== "file") return;
  if ((loader.format ?? "raw") !== "raw" || (nvram?.format ?? "raw") !== "raw") return;
  const pair = legacyFirmware.find(([code]) => code === loader.path);
  if (pair === undefined || (nvram?.template ?? pair[1]) !== pair[1]) return;
  os.nvram ??= {};
  os.nvram.template = pair[1];
  os.nvram.templateFormat = "raw";
}

/** Flash that is only read needs a place for its variables. */
function addNvram(
  def: DomainDef,
  { nvramDir = "/var/lib/libvirt/qemu/nvram" }: FirmwareContext,
  isNew: boolean,
) {
  const { os } = def;
  const { loader } = os;
  if (loader?.type !== "pflash" || loader.readonly !== true || loader.stateless) return;
  os.nvram ??= {};
  const { nvram } = os;
  nvram.format ??= nvram.templateFormat ?? loader.format ?? "raw";
  if (nvram.type !== undefined || nvram.path) return;
  const byFormat = nvram.format === "qcow2" ? "qcow2" : "fd";
  const extension = (isNew ? /\.([^./]+)$/.exec(nvram.template ?? "")?.[1] : undefined) ?? byFormat;
  nvram.path = `${nvramDir}/${def.name}_VARS.${extension}`;
}
