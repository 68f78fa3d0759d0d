/** A firmware image as described by a JSON file of QEMU's firmware interoperability format. */
export interface FirmwareDescriptor {
  "interface-types": readonly string[];
  mapping: FirmwareMapping;
  targets: readonly { architecture: string; machines: readonly string[] }[];
  features: readonly string[];
}

export interface FirmwareFile {
  filename: string;
  format: string;
}

export type FirmwareMapping =
  | {
      device: "flash";
      /** Absent: `split`. */
      mode?: "split" | "combined" | "stateless";
      executable: FirmwareFile;
      "nvram-template"?: FirmwareFile;
    }
  | { device: "memory"; filename: string }
  | { device: "kernel"; filename: string };

const knownFeatures: ReadonlySet<string> = new Set([
  "acpi-s3",
  "acpi-s4",
  "amd-sev",
  "amd-sev-es",
  "amd-sev-snp",
  "enrolled-keys",
  "requires-smm",
  "secure-boot",
  "verbose-dynamic",
  "verbose-static",
]);

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a descriptor. Members and features nobody knows are left out: there are newer ones than this program.
 * @returns `undefined` for text that is none; other descriptors still count
 */
export function parseFirmwareDescriptor(text: string): FirmwareDescriptor | undefined {
  const value = parseObject(text);
  const mapping = mappingOf(value?.mapping);
  const interfaces = words(value?.["interface-types"]);
  const targets = listOf(value?.targets, (each) => {
    const machines = words(each.machines);
    return typeof each.architecture === "string" && machines && { architecture: each.architecture, machines };
  });
  const features = words(value?.features ?? []);
  if (!mapping || !interfaces || !targets || !features) return undefined;
  const understood = features.filter((name) => knownFeatures.has(name));
  return { "interface-types": interfaces, mapping, targets, features: understood };
}

function parseObject(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined; // not JSON at all
  }
}

const asObject = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined; // just seen

function listOf<T>(value: unknown, read: (each: Json) => T | false | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list = value.map((each) => asObject(each) && read(asObject(each) ?? {}));
  return list.every((each) => each !== undefined && each !== false) ? (list as T[]) : undefined; // just seen
}

const words = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;

function fileOf(value: unknown): FirmwareFile | undefined {
  const { filename, format } = asObject(value) ?? {};
  return typeof filename === "string" && typeof format === "string" ? { filename, format } : undefined;
}

const modes = ["split", "combined", "stateless"] as const;

function mappingOf(value: unknown): FirmwareMapping | undefined {
  const { device, mode, executable, "nvram-template": template, filename } = asObject(value) ?? {};
  if (device === "memory" || device === "kernel")
    return typeof filename === "string" ? { device, filename } : undefined;
  const file = fileOf(executable);
  if (device !== "flash" || file === undefined) return undefined;
  const known = modes.find((each) => each === mode);
  if (mode !== undefined && known === undefined) return undefined;
  const nvram = fileOf(template);
  if (template !== undefined && nvram === undefined) return undefined;
  return {
    device,
    ...(known && { mode: known }),
    executable: file,
    ...(nvram && { "nvram-template": nvram }),
  };
}
