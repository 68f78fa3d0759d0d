import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { type Disk, type DomainDef, type Iotune, isEmptyDrive } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  findDomain,
  iotuneFields,
  iotuneParameters,
  paramsReply,
  type RemoteHandlers,
  STRING_OKAY,
} from "@libvirt-ts/hypervisor";
import { readTypedParams } from "@libvirt-ts/protocol";
import { badArgument } from "../errors.ts";
import type { TestDriver } from "../test-driver.ts";
import { changeDomain, definitionOf } from "./change.ts";
import { growing } from "./growing.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const PHYSICAL = 1_099_511_627_776n;
const CAPACITY = 1_099_506_450_432n;
/** virDomainDiskErrorCode has so many errors; disks have them in turn. */
const ERRORS = 2;

type IotuneName = keyof typeof iotuneFields;
const names = Object.keys(iotuneFields) as IotuneName[]; // the keys of the table
const iotuneTypes = Object.fromEntries(
  names.map((name) => [name, name === "group_name" ? "string" : "ullong"] as const),
);

/** Disks: their sizes, traffic, faults and limits. */
export function diskHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainGetBlockInfo({ dom, path, flags }) {
      checkFlags(flags, 0, "testDomainGetBlockInfo", ErrorDomain.TEST);
      const disk = findDisk(find(dom).def, path);
      if (!disk) throw badArgument(`invalid path ${path} not assigned to domain`);
      if (isEmptyDrive(disk)) throw badArgument(`disk '${path}' does not currently have a source assigned`);
      return { allocation: PHYSICAL, capacity: CAPACITY, physical: PHYSICAL };
    },
    domainBlockStats({ dom, path }) {
      const domain = find(dom);
      if (path === "") {
        const detail = "summary statistics are not supported yet";
        throw new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_UNSUPPORTED, detail);
      }
      domain.requireActive();
      if (!findDisk(domain.def, path)) throw badArgument(`invalid path: ${path}`);
      const { us, seconds } = growing(driver);
      return {
        rdReq: us / 10n,
        rdBytes: us / 20n,
        wrReq: us / 30n,
        wrBytes: us / 40n,
        errs: seconds / 2n,
      };
    },
    domainGetDiskErrors({ dom, maxerrors, flags }) {
      checkFlags(flags, 0, "testDomainGetDiskErrors", ErrorDomain.TEST);
      const domain = find(dom);
      domain.requireActive();
      const { disks } = domain.def.devices;
      if (maxerrors === 0) return { errors: [], nerrors: disks.length };
      const faulty = disks.slice(0, maxerrors);
      const errors = faulty.map(({ target }, at) => ({ disk: target.dev ?? "", error: (at % ERRORS) + 1 }));
      return { errors, nerrors: errors.length };
    },
    domainGetBlockIoTune({ dom, disk: name, nparams, flags }) {
      checkFlags(flags, IMPACT | STRING_OKAY, "testDomainGetBlockIoTune", ErrorDomain.TEST);
      // how many there are is told without a look at the domain
      const disk =
        name === null || nparams === 0 ? undefined : requireDisk(definitionOf(find(dom), flags), name);
      return paramsReply(iotuneParameters(disk?.iotune), { nparams, flags });
    },
    domainSetBlockIoTune({ dom, disk: name, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetBlockIoTune", ErrorDomain.TEST);
      const wanted = readTypedParams(params, iotuneTypes);
      const given = Object.entries(wanted).map(([field, value]) => [
        iotuneFields[field as IotuneName],
        value,
      ]); // by the types
      changeDomain(find(dom), flags, (def) => {
        const disk = requireDisk(def, name);
        const iotune: Iotune = { ...disk.iotune, ...Object.fromEntries(given) };
        checkIotune(iotune);
        disk.iotune = iotune;
      });
    },
  };
}

/** By its target, or by the file it is in. */
function findDisk({ devices: { disks } }: DomainDef, name: string): Disk | undefined {
  const file = ({ source }: Disk) => (source && "file" in source ? source.file : undefined);
  return disks.find((disk) => disk.target.dev === name || file(disk) === name);
}

function requireDisk(def: DomainDef, name: string): Disk {
  const disk = findDisk(def, name);
  if (!disk) throw badArgument(`disk '${name}' was not found in the domain config`);
  return disk;
}

const units = [
  ["bytes_sec", "BytesSec"],
  ["iops_sec", "IopsSec"],
] as const;

/** @throws VirError INVALID_ARG */
function checkIotune(tune: Iotune): void {
  const of = (field: keyof Iotune) => Number(tune[field] ?? 0);
  for (const [name, field] of units)
    for (const [suffix, Suffix] of [
      ["", ""],
      ["_max", "Max"],
    ] as const)
      if (of(`total${field}${Suffix}`) && (of(`read${field}${Suffix}`) || of(`write${field}${Suffix}`)))
        throw badArgument(`total and read/write of ${name}${suffix} cannot be set at the same time`);
  for (const [name, field] of units)
    for (const what of ["total", "read", "write"] as const)
      if (of(`${what}${field}`) > of(`${what}${field}Max`))
        throw badArgument(`${what}_${name} cannot be set higher than ${what}_${name}_max `);
}
