import {
  DomainDirtyRateCalcFlags,
  DomainModificationImpact as Impact,
  DomainMemoryStatTags as Tag,
} from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { balloonPath, type GuestMemoryField, readGuestMemory, residentKiB } from "../stats/balloon.ts";
import { affected, badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";
import { currentMemoryKiB } from "./info.ts";
import { askGuest, changeGuest } from "./with-guest.ts";

const POLLING = "guest-stats-polling-interval";

/** How long the guest's writing can be watched. */
const MIN_SECONDS = 1;
const MAX_SECONDS = 60;
/** QEMU's words, by `virDomainDirtyRateCalcFlags`. */
const dirtyRateModes: Readonly<Record<number, string>> = {
  [DomainDirtyRateCalcFlags.MODE_PAGE_SAMPLING]: "page-sampling",
  [DomainDirtyRateCalcFlags.MODE_DIRTY_BITMAP]: "dirty-bitmap",
  [DomainDirtyRateCalcFlags.MODE_DIRTY_RING]: "dirty-ring",
};

const tags: Readonly<Record<GuestMemoryField, number>> = {
  swap_in: Tag.SWAP_IN,
  swap_out: Tag.SWAP_OUT,
  major_fault: Tag.MAJOR_FAULT,
  minor_fault: Tag.MINOR_FAULT,
  unused: Tag.UNUSED,
  available: Tag.AVAILABLE,
  usable: Tag.USABLE,
  "last-update": Tag.LAST_UPDATE,
  disk_caches: Tag.DISK_CACHES,
  hugetlb_pgalloc: Tag.HUGETLB_PGALLOC,
  hugetlb_pgfail: Tag.HUGETLB_PGFAIL,
};

/** What a guest tells about its memory. */
export function memoryStatsHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainMemoryStats({ dom, maxStats, flags }) {
      if (maxStats === 0) return { stats: [] };
      checkFlags(flags, 0, "qemuDomainMemoryStats", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const known = await askGuest(domain, "virDomainMemoryStats", async (guest) => ({
        guest: await readGuestMemory(guest.monitor, domain.def),
        resident: await residentKiB(driver, guest),
      }));
      const stats = [{ tag: Tag.ACTUAL_BALLOON as number, val: BigInt(currentMemoryKiB(domain)) }];
      for (const [field, val] of Object.entries(known.guest) as [GuestMemoryField, bigint][])
        stats.push({ tag: tags[field], val });
      if (known.resident !== undefined) stats.push({ tag: Tag.RSS, val: known.resident });
      return { stats: stats.slice(0, maxStats) };
    },
    async domainStartDirtyRateCalc({ dom, seconds, flags }) {
      const mode = dirtyRateModes[flags];
      const known = Object.values(DomainDirtyRateCalcFlags).reduce<number>((all, bit) => all | bit, 0);
      checkFlags(flags, known, "qemuDomainStartDirtyRateCalc", ErrorDomain.QEMU);
      if (mode === undefined) throw badArgument("only one mode of measuring can be chosen");
      if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
        throw badArgument(
          `seconds=${seconds} is invalid, please choose value within [${MIN_SECONDS}, ${MAX_SECONDS}].`,
        );
      const domain = findDomain(driver, dom);
      await askGuest(domain, "virDomainStartDirtyRateCalc", ({ monitor }) =>
        monitor.calcDirtyRate(seconds, mode),
      );
    },
    async domainSetMemoryStatsPeriod({ dom, period, flags }) {
      checkFlags(flags, Impact.LIVE | Impact.CONFIG, "qemuDomainSetMemoryStatsPeriod", ErrorDomain.QEMU);
      if (period < 0) throw badArgument("period in virDomainSetMemoryStatsPeriod must be zero or greater");
      await setPeriod(driver, findDomain(driver, dom), period, flags);
    },
  };
}

/** @param period seconds; 0 turns the statistics off */
async function setPeriod(
  driver: QemuDriver,
  domain: QemuDomain,
  period: number,
  flags: number,
): Promise<void> {
  const api = "virDomainSetMemoryStatsPeriod";
  const { live, config } = affected(domain, flags);
  if (live) requireBalloon(domain.def);
  if (config && domain.config) requireBalloon(domain.config);
  if (live) {
    await changeGuest(domain, api, async ({ monitor }) => {
      await monitor.qomSet(balloonPath(domain.def) ?? "", POLLING, period);
      requireBalloon(domain.def).statsPeriod = period;
      driver.status.save(domain);
    });
  }
  if (config) {
    await domain.jobs.run("modify", { api }, () =>
      changeConfig(driver, domain, (def) => {
        requireBalloon(def).statsPeriod = period;
      }),
    );
  }
}

function requireBalloon({ devices: { memballoon } }: QemuDomain["def"]) {
  if (!memballoon || memballoon.model === "none")
    throw invalid("No memory balloon device configured, can not set the collection period");
  if (!memballoon.model.startsWith("virtio"))
    throw invalid("Memory balloon model must be virtio to set the collection period");
  return memballoon;
}
