import { PerfField } from "@libvirt-ts/api";
import type { Blkiotune, DomainDef, Iotune } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type TypedParam, typed } from "@libvirt-ts/protocol";

type DeviceField = "weight" | "readIopsSec" | "writeIopsSec" | "readBytesSec" | "writeBytesSec";

/** Limits a device, as `PATH,VALUE,PATH,VALUE`. */
const deviceFields = {
  device_weight: "weight",
  device_read_iops_sec: "readIopsSec",
  device_write_iops_sec: "writeIopsSec",
  device_read_bytes_sec: "readBytesSec",
  device_write_bytes_sec: "writeBytesSec",
} as const satisfies Record<string, DeviceField>;
type DeviceParameter = keyof typeof deviceFields;

/** In the order clients get them. */
export const iotuneFields = {
  total_bytes_sec: "totalBytesSec",
  read_bytes_sec: "readBytesSec",
  write_bytes_sec: "writeBytesSec",
  total_iops_sec: "totalIopsSec",
  read_iops_sec: "readIopsSec",
  write_iops_sec: "writeIopsSec",
  total_bytes_sec_max: "totalBytesSecMax",
  read_bytes_sec_max: "readBytesSecMax",
  write_bytes_sec_max: "writeBytesSecMax",
  total_iops_sec_max: "totalIopsSecMax",
  read_iops_sec_max: "readIopsSecMax",
  write_iops_sec_max: "writeIopsSecMax",
  size_iops_sec: "sizeIopsSec",
  group_name: "groupName",
  total_bytes_sec_max_length: "totalBytesSecMaxLength",
  read_bytes_sec_max_length: "readBytesSecMaxLength",
  write_bytes_sec_max_length: "writeBytesSecMaxLength",
  total_iops_sec_max_length: "totalIopsSecMaxLength",
  read_iops_sec_max_length: "readIopsSecMaxLength",
  write_iops_sec_max_length: "writeIopsSecMaxLength",
} as const satisfies Record<string, keyof Iotune>;

/** Counters of the host that can be read for a guest, in the order clients get them. */
export const perfEvents = [
  PerfField.CMT,
  PerfField.MBMT,
  PerfField.MBML,
  PerfField.CPU_CYCLES,
  PerfField.INSTRUCTIONS,
  PerfField.CACHE_REFERENCES,
  PerfField.CACHE_MISSES,
  PerfField.BRANCH_INSTRUCTIONS,
  PerfField.BRANCH_MISSES,
  PerfField.BUS_CYCLES,
  PerfField.STALLED_CYCLES_FRONTEND,
  PerfField.STALLED_CYCLES_BACKEND,
  PerfField.REF_CPU_CYCLES,
  PerfField.CPU_CLOCK,
  PerfField.TASK_CLOCK,
  PerfField.PAGE_FAULTS,
  PerfField.CONTEXT_SWITCHES,
  PerfField.CPU_MIGRATIONS,
  PerfField.PAGE_FAULTS_MIN,
  PerfField.PAGE_FAULTS_MAJ,
  PerfField.ALIGNMENT_FAULTS,
  PerfField.EMULATION_FAULTS,
] as const;

/** Parameters of block I/O that may be set. */
export const blkioTypes = {
  weight: "uint",
  device_weight: "string",
  device_read_iops_sec: "string",
  device_write_iops_sec: "string",
  device_read_bytes_sec: "string",
  device_write_bytes_sec: "string",
} as const;

/** Shares and limits of block I/O as clients see them. */
export const blkioParameters = (tune: Blkiotune | undefined): TypedParam[] => [
  { field: "weight", value: typed.uint(tune?.weight ?? 0) },
  ...Object.entries(deviceFields).map(([field, key]) => ({
    field,
    value: typed.string(formatDevices(tune, key)),
  })),
];

/** @throws VirError INVALID_ARG for lists of devices that cannot be read */
export function setBlkio(
  def: DomainDef,
  { weight, ...lists }: { weight?: number } & { [K in DeviceParameter]?: string },
): void {
  const tune: Blkiotune = def.blkiotune ?? { devices: [] };
  def.blkiotune = tune;
  if (weight !== undefined) tune.weight = weight;
  for (const [name, text] of Object.entries(lists) as [DeviceParameter, string][])
    setDevices(tune, name, text);
}

/** Limits of one disk as clients see them. */
export const iotuneParameters = (iotune: Iotune | undefined): TypedParam[] =>
  Object.entries(iotuneFields).map(([field, key]) => {
    const value = iotune?.[key];
    return {
      field,
      value: key === "groupName" ? typed.string(String(value ?? "")) : typed.ullong(BigInt(value ?? 0)),
    };
  });

function formatDevices(tune: Blkiotune | undefined, field: DeviceField): string {
  const set = tune?.devices.filter((device) => device[field]) ?? [];
  return set.map((device) => `${device.path},${device[field]}`).join(",");
}

/** 0 takes a limit away. */
function setDevices(tune: Blkiotune, name: DeviceParameter, text: string): void {
  const field = deviceFields[name];
  const words = text.split(",");
  const complaint = () =>
    new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.INVALID_ARG,
      `unable to parse blkio device '${name}' '${text}'`,
    );
  if (words.length % 2 !== 0) throw complaint();
  for (let at = 0; at < words.length; at += 2) {
    const path = words[at] ?? "";
    const value = Number(words[at + 1]);
    if (path === "" || !/^\d+$/.test(words[at + 1] ?? "") || !Number.isSafeInteger(value)) throw complaint();
    const device = tune.devices.find((each) => each.path === path);
    if (device) device[field] = value;
    else tune.devices.push({ path, [field]: value });
  }
}
