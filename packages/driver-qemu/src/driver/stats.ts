import { ConnectGetAllDomainStatsFlags as Flag } from "@libvirt-ts/api";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isListed, seenBy } from "@libvirt-ts/hypervisor";
import { typedParams } from "@libvirt-ts/protocol";
import { formatUuid } from "@libvirt-ts/util/uuid";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { type Fields, readStats, SUPPORTED_STATS, statsGroups } from "../stats/groups.ts";
import { type RemoteHandlers, wireDomain } from "./common.ts";

const OPTIONS = Flag.NOWAIT | Flag.BACKING | Flag.ENFORCE_STATS;
const KNOWN_FLAGS = Object.values(Flag).reduce<number>((all, bit) => all | bit, 0);

/** Statistics of many guests at once. */
export function statsHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async connectGetAllDomainStats({ doms, stats, flags }, { client }) {
      checkFlags(flags, KNOWN_FLAGS, "qemuConnectGetAllDomainStats", ErrorDomain.QEMU);
      const missing = (stats & ~SUPPORTED_STATS) >>> 0;
      if (missing !== 0 && (flags & Flag.ENFORCE_STATS) !== 0) {
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.ARGUMENT_UNSUPPORTED,
          `Stats types bits 0x${missing.toString(16)} are not supported by this daemon or QEMU`,
        );
      }
      const domains =
        doms.length === 0 ? [...driver.domains] : doms.flatMap(({ uuid }) => find(driver, uuid));
      const filter = flags & ~OPTIONS;
      const wanted = stats === 0 ? SUPPORTED_STATS : stats;
      // Each guest has a QEMU of its own: all are asked together.
      const seen = await seenBy(client, domains, (each) => each, "domain:read");
      const retStats = await Promise.all(
        seen
          .filter((domain) => filter === 0 || isListed(domain, filter))
          .map(async (domain) => {
            const dom = wireDomain(domain);
            return { dom, params: typedParams(await domainStats(driver, domain, wanted, flags)) };
          }),
      );
      return { retStats };
    },
  };
}

/** A domain that has gone meanwhile is left out. */
const find = ({ domains }: QemuDriver, uuid: Uint8Array): QemuDomain[] => {
  const domain = domains.byUuid(formatUuid(uuid));
  return domain ? [domain] : [];
};

/** @param wanted bits of the groups */
async function domainStats(
  driver: QemuDriver,
  domain: QemuDomain,
  wanted: number,
  flags: number,
): Promise<Fields> {
  const groups = statsGroups.filter(({ bit }) => (wanted & bit) !== 0);
  const withBacking = (flags & Flag.BACKING) !== 0;
  const guest = domain.isActive ? domain.live : undefined;
  const context = { driver, domain, def: domain.def, guest, monitor: undefined, withBacking };
  const asks = guest !== undefined && groups.some(({ asksGuest }) => asksGuest);
  if (!asks || ((flags & Flag.NOWAIT) !== 0 && domain.jobs.isBusy)) return readStats(groups, context);
  return withMonitor(domain, guest, (monitor) => readStats(groups, { ...context, monitor }));
}

/** Reads with the monitor; without it when others hold the guest for too long, or when it ends meanwhile. */
async function withMonitor(
  domain: QemuDomain,
  guest: Guest,
  read: (monitor: Guest["monitor"] | undefined) => Promise<Fields>,
): Promise<Fields> {
  try {
    return await domain.jobs.run("query", { api: "virConnectGetAllDomainStats" }, async () =>
      read(guest.isMonitorOpen && !guest.isStarting ? guest.monitor : undefined),
    );
  } catch (error) {
    const isBusy = error instanceof VirError && error.code === ErrorCode.OPERATION_TIMEOUT;
    if (!isBusy && guest.isMonitorOpen) throw error;
    return read(undefined);
  }
}
