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

/**
 * Reads a descriptor.
 * @returns `undefined` for text that is none; other descriptors still count
 */
export function parseFirmwareDescriptor(text: string): FirmwareDescriptor | undefined {
  let value: Partial<FirmwareDescriptor> | null;
  try {
    value = JSON.parse(text) as Partial<FirmwareDescriptor> | null; // looked at below
  } catch {
    return undefined; // not JSON at all
  }
  const mapping = value?.mapping as
    | { device?: unknown; executable?: { filename?: unknown }; filename?: unknown }
    | undefined; // as above
  const file = mapping?.device === "flash" ? mapping.executable?.filename : mapping?.filename;
  if (typeof file !== "string" || !Array.isArray(value?.targets) || !Array.isArray(value["interface-types"]))
    return undefined;
  return { features: [], ...value } as FirmwareDescriptor; // what is used has been seen
}
