/** A program that serves a vhost-user device, as a JSON file of QEMU's interoperability format describes it. */
export interface VhostUserDescriptor {
  type: string;
  binary: string;
}

const types: ReadonlySet<unknown> = new Set([
  "9p",
  "balloon",
  "block",
  "bridge",
  "caif",
  "console",
  "crypto",
  "fs",
  "gpu",
  "input",
  "memory",
  "net",
  "pstore",
  "rng",
  "rproc-serial",
  "scsi",
  "sound",
  "vsock",
]);

/** @returns `undefined` for text that is no descriptor */
export function parseVhostUserDescriptor(text: string): VhostUserDescriptor | undefined {
  let value: Partial<Record<keyof VhostUserDescriptor, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value; // looked at below
  } catch {
    return undefined; // not JSON at all
  }
  const { type, binary } = value ?? {};
  if (typeof type !== "string" || !types.has(type) || typeof binary !== "string") return undefined;
  return { type, binary };
}
