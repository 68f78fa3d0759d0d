import { DomainModificationImpact as Impact, PerfField } from "@libvirt-ts/api";
import type { Blkiotune, DomainDef, Iotune } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { readTypedParams, type TypedValue, typed, typedParams } from "@libvirt-ts/protocol";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDisk } from "../stats/disk.ts";
import { affectedOne, badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeLimits } from "./limits.ts";
import { paramsReply, STRING_OKAY } from "./params-reply.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const READ_FLAGS = IMPACT | STRING_OKAY;
const NO_CGROUP = "blkio cgroup isn't mounted";

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
const iotuneFields = {
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

/** In the order clients get them. */
const perfEvents = [
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

/** Limits of block I/O, and what else is tuned about a guest. */
export function ioLimitHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainGetBlkioParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetBlkioParameters", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const { blkiotune } = affectedOne(domain, flags & IMPACT);
      if (domain.isActive && (flags & Impact.CONFIG) === 0) throw invalid(NO_CGROUP);
      const lists = Object.entries(deviceFields).map(
        ([name, field]) => [name, typed.string(formatDevices(blkiotune, field))] as const,
      );
      const params = typedParams({
        weight: typed.uint(blkiotune?.weight ?? 0),
        ...Object.fromEntries(lists),
      });
      return paramsReply(params, { nparams, flags });
    },
    async domainSetBlkioParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetBlkioParameters", ErrorDomain.QEMU);
      const { weight, ...lists } = readTypedParams(params, {
        weight: "uint",
        device_weight: "string",
        device_read_iops_sec: "string",
        device_write_iops_sec: "string",
        device_read_bytes_sec: "string",
        device_write_bytes_sec: "string",
      });
      await changeLimits(driver, findDomain(driver, dom), {
        api: "virDomainSetBlkioParameters",
        flags,
        missing: NO_CGROUP,
        change(def) {
          const tune: Blkiotune = def.blkiotune ?? { devices: [] };
          def.blkiotune = tune;
          if (weight !== undefined) tune.weight = weight;
          for (const [name, text] of Object.entries(lists) as [DeviceParameter, string][])
            setDevices(tune, name, text);
        },
      });
    },
    domainGetBlockIoTune({ dom, disk, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetBlockIoTune", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const def = affectedOne(domain, flags & IMPACT);
      const isConfig = !domain.isActive || (flags & Impact.CONFIG) !== 0;
      return paramsReply(typedParams(iotune(def, disk ?? undefined, isConfig)), { nparams, flags });
    },
    domainGetPerfEvents({ dom, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetPerfEvents", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const { perf } = affectedOne(domain, flags & IMPACT);
      // No counter is ever opened for a running guest.
      const isLive = domain.isActive && (flags & Impact.CONFIG) === 0;
      const isOn = (event: string) =>
        !isLive && perf?.events.some(({ name, enabled }) => name === event && enabled) === true;
      return { params: perfEvents.map((event) => ({ field: event, value: typed.boolean(isOn(event)) })) };
    },
    domainGetLaunchSecurityInfo({ dom, flags }) {
      const { launchSecurity } = findDomain(driver, dom).def;
      checkFlags(flags, STRING_OKAY, "qemuDomainGetLaunchSecurityInfo", ErrorDomain.QEMU);
      if (launchSecurity) {
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.OPERATION_UNSUPPORTED,
          `launch security type '${launchSecurity.type}' cannot be asked about`,
        );
      }
      return { params: [] };
    },
  };
}

/** @param name absent: only the number of the parameters is wanted */
function iotune(def: DomainDef, name: string | undefined, isConfig: boolean): Record<string, TypedValue> {
  const disk = name === undefined ? undefined : findDisk(def, name);
  if (name !== undefined && !disk)
    throw badArgument(
      isConfig ? `disk '${name}' was not found in the domain config` : `disk '${name}' not found in domain`,
    );
  const values: Record<string, TypedValue> = {};
  for (const [parameter, field] of Object.entries(iotuneFields)) {
    const value = disk?.iotune?.[field];
    values[parameter] =
      field === "groupName" ? typed.string(String(value ?? "")) : typed.ullong(BigInt(value ?? 0));
  }
  return values;
}

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
