import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  blkioParameters,
  blkioTypes,
  iotuneParameters,
  paramsReply,
  perfEvents,
  STRING_OKAY,
  setBlkio,
} from "@libvirt-ts/hypervisor";
import { readTypedParams, type TypedParam, typed } from "@libvirt-ts/protocol";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDisk } from "../stats/disk.ts";
import { affectedOne, badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeLimits } from "./limits.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const READ_FLAGS = IMPACT | STRING_OKAY;
const NO_CGROUP = "blkio cgroup isn't mounted";

/** Limits of block I/O, and what else is tuned about a guest. */
export function ioLimitHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainGetBlkioParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetBlkioParameters", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const { blkiotune } = affectedOne(domain, flags & IMPACT);
      if (domain.isActive && (flags & Impact.CONFIG) === 0) throw invalid(NO_CGROUP);
      const params = blkioParameters(blkiotune);
      return paramsReply(params, { nparams, flags });
    },
    async domainSetBlkioParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetBlkioParameters", ErrorDomain.QEMU);
      const wanted = readTypedParams(params, blkioTypes);
      await changeLimits(driver, findDomain(driver, dom), {
        api: "virDomainSetBlkioParameters",
        flags,
        missing: NO_CGROUP,
        change: (def) => setBlkio(def, wanted),
      });
    },
    domainGetBlockIoTune({ dom, disk, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetBlockIoTune", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const def = affectedOne(domain, flags & IMPACT);
      const isConfig = !domain.isActive || (flags & Impact.CONFIG) !== 0;
      return paramsReply(iotune(def, disk ?? undefined, isConfig), { nparams, flags });
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
function iotune(def: DomainDef, name: string | undefined, isConfig: boolean): TypedParam[] {
  const disk = name === undefined ? undefined : findDisk(def, name);
  if (name !== undefined && !disk)
    throw badArgument(
      isConfig ? `disk '${name}' was not found in the domain config` : `disk '${name}' not found in domain`,
    );
  return iotuneParameters(disk?.iotune);
}
