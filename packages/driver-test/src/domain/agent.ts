import { DomainProcessSignal, DomainSetUserPasswordFlags, KeycodeSet } from "@libvirt-ts/api";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findDomain, type RemoteHandlers, STRING_OKAY } from "@libvirt-ts/hypervisor";
import { badArgument, broken, invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { timeOf } from "./clock.ts";

/** The file systems in every guest, in the order of the parts of its first disk. */
const mountPoints: readonly string[] = ["/", "/boot"];
const MAX_KEY = 255;
const SIGNALS = Object.values(DomainProcessSignal).length;

/** What is asked of the system in a guest. */
export function agentHandlers(driver: TestDriver): RemoteHandlers {
  const running = (dom: Parameters<typeof findDomain>[1]): TestDomain => {
    const domain = findDomain(driver, dom);
    domain.requireActive();
    return domain;
  };
  const freeze = (domain: TestDomain, points: readonly string[], on: boolean): number => {
    const frozen = driver.frozen.get(domain) ?? new Set();
    driver.frozen.set(domain, frozen);
    return setFrozen(frozen, points, on);
  };
  return {
    domainGetTime({ dom, flags }) {
      checkFlags(flags, 0, "testDomainGetTime", ErrorDomain.TEST);
      const domain = findDomain(driver, dom);
      if (domain.state.name !== "running") throw invalid("domain is not running");
      return timeOf(driver, domain);
    },
    domainSetTime({ dom, seconds, nseconds, flags }) {
      checkFlags(flags, 1, "testDomainSetTime", ErrorDomain.TEST); // SYNC
      driver.times.set(running(dom), { seconds, nseconds });
    },
    domainSetUserPassword({ dom, flags }) {
      checkFlags(flags, DomainSetUserPasswordFlags.ENCRYPTED, "testDomainSetUserPassword", ErrorDomain.TEST);
      running(dom);
    },
    domainSendKey({ dom, codeset, keycodes, flags }) {
      checkFlags(flags, 0, "testDomainSendKey", ErrorDomain.TEST);
      const domain = running(dom);
      const name = Object.entries(KeycodeSet).find(([, number]) => number === codeset)?.[0];
      if (domain && name === undefined) {
        const message = `Unsupported codeset '${codeset}'`;
        throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
      }
      const wrong = keycodes.find((code) => code > MAX_KEY);
      if (wrong !== undefined) throw broken(`invalid keycode ${wrong} of ${name?.toLowerCase()} codeset`);
    },
    domainSendProcessSignal({ dom, pidValue, signum, flags }) {
      checkFlags(flags, 0, "testDomainSendProcessSignal", ErrorDomain.TEST);
      findDomain(driver, dom);
      if (pidValue !== 1n) throw badArgument("only sending a signal to pid 1 is supported");
      if (signum >= SIGNALS) throw badArgument(`signum value ${signum} is out of range`);
    },
    domainFstrim({ dom, mountPoint, flags }) {
      checkFlags(flags, 0, "testDomainFSTrim", ErrorDomain.TEST);
      running(dom);
      if (mountPoint !== null) requireMounted([mountPoint]);
    },
    domainFsfreeze: ({ dom, mountpoints, flags }) => {
      checkFlags(flags, 0, "testDomainFSFreeze", ErrorDomain.TEST);
      return { filesystems: freeze(running(dom), mountpoints, true) };
    },
    domainFsthaw: ({ dom, mountpoints, flags }) => {
      checkFlags(flags, 0, "testDomainFSThaw", ErrorDomain.TEST);
      return { filesystems: freeze(running(dom), mountpoints, false) };
    },
    domainGetFsinfo({ dom, flags }) {
      checkFlags(flags, 0, "testDomainGetFSInfo", ErrorDomain.TEST);
      const disk = running(dom).def.devices.disks.find(({ device }) => device === "disk");
      if (!disk) return { info: [], ret: 0 };
      const { dev = "" } = disk.target;
      const info = mountPoints.map((mountpoint, at) => ({
        mountpoint,
        name: `${dev}${at + 1}`,
        fstype: "ext4",
        devAliases: [dev],
      }));
      return { info, ret: info.length };
    },
    domainGetLaunchSecurityInfo({ dom, flags }) {
      // the public function always asks for strings, which libvirt's test driver refuses
      checkFlags(flags | STRING_OKAY, 0, "testDomainGetLaunchSecurityInfo", ErrorDomain.TEST);
      findDomain(driver, dom);
      return { params: [] };
    },
  };
}

function requireMounted(points: readonly string[]): void {
  const none = points.find((point) => !mountPoints.includes(point));
  if (none !== undefined) throw invalid(`mount point not found: ${none}`);
}

/** @returns how many file systems changed */
function setFrozen(frozen: Set<string>, points: readonly string[], on: boolean): number {
  requireMounted(points);
  const changed = (points.length === 0 ? mountPoints : points).filter((point) => frozen.has(point) !== on);
  for (const point of changed) on ? frozen.add(point) : frozen.delete(point);
  return changed.length;
}
