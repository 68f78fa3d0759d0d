import type { Disk } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { paramsReply, STRING_OKAY } from "@libvirt-ts/hypervisor";
import { typed, typedParams } from "@libvirt-ts/protocol";
import type { QemuDomain } from "../guest.ts";
import type { BlockDeviceStats } from "../monitor/monitor.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { blockFacts, liveSize, readBlockFacts } from "../stats/block.ts";
import { findDisk, imagePath, imagesOf } from "../stats/disk.ts";
import { type ImageSize, readImageSize } from "../stats/image-size.ts";
import { badArgument, findDomain, type RemoteHandlers } from "./common.ts";
import { askGuest } from "./with-guest.ts";

/** The oldest form of block statistics had a place for errors that nobody counts. */
const NOT_COUNTED = -1n;
const diskErrors: Readonly<Record<string, number>> = { failed: 1, nospace: 2 };

/** Counters, sizes and errors of disks. */
export function blockInfoHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainBlockStats({ dom, path }) {
      const stats = await diskCounters(findDomain(driver, dom), path, "virDomainBlockStats");
      return {
        rdReq: BigInt(stats.rd_operations),
        rdBytes: BigInt(stats.rd_bytes),
        wrReq: BigInt(stats.wr_operations),
        wrBytes: BigInt(stats.wr_bytes),
        errs: NOT_COUNTED,
      };
    },
    async domainBlockStatsFlags({ dom, path, nparams, flags }) {
      checkFlags(flags, STRING_OKAY, "qemuDomainBlockStatsFlags", ErrorDomain.QEMU);
      const stats = await diskCounters(findDomain(driver, dom), path, "virDomainBlockStatsFlags");
      const count = (value: number) => typed.llong(BigInt(value));
      const params = typedParams({
        wr_bytes: count(stats.wr_bytes),
        wr_operations: count(stats.wr_operations),
        rd_bytes: count(stats.rd_bytes),
        rd_operations: count(stats.rd_operations),
        flush_operations: count(stats.flush_operations),
        wr_total_times: count(stats.wr_total_time_ns),
        rd_total_times: count(stats.rd_total_time_ns),
        flush_total_times: count(stats.flush_total_time_ns),
      });
      return paramsReply(params, { nparams, flags });
    },
    async domainGetBlockInfo({ dom, path, flags }) {
      checkFlags(flags, 0, "qemuDomainGetBlockInfo", ErrorDomain.QEMU);
      return blockInfo(driver, findDomain(driver, dom), path);
    },
    async domainGetBlockJobInfo({ dom, path, flags }) {
      checkFlags(flags, 1, "qemuDomainGetBlockJobInfo", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      if (!findDisk(domain.def, path)) throw badArgument(`disk '${path}' not found in domain`);
      // No block job is ever started.
      return { found: 0, type: 0, bandwidth: 0n, cur: 0n, end: 0n };
    },
    async domainGetDiskErrors({ dom, maxerrors, flags }) {
      checkFlags(flags, STRING_OKAY, "qemuDomainGetDiskErrors", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const { disks } = domain.def.devices;
      const blocks = await askGuest(domain, "virDomainGetDiskErrors", ({ monitor }) => monitor.queryBlock());
      if (maxerrors === 0) return { errors: [], nerrors: disks.length };
      const errors = disks.flatMap(({ alias = "", target }) => {
        const block = blocks.find(
          ({ qdev = "", device }) => device === alias || qdev.split("/").includes(alias),
        );
        const error = diskErrors[block?.["io-status"] ?? "ok"];
        return error === undefined ? [] : [{ disk: target.dev ?? "", error }];
      });
      const told = errors.slice(0, maxerrors);
      return { errors: told, nerrors: told.length };
    },
  };
}

type Counters = Omit<BlockDeviceStats, "wr_highest_offset">;

const noCounts: Counters = {
  rd_operations: 0,
  rd_bytes: 0,
  rd_total_time_ns: 0,
  wr_operations: 0,
  wr_bytes: 0,
  wr_total_time_ns: 0,
  flush_operations: 0,
  flush_total_time_ns: 0,
};

/** @param path a disk; empty: the sum of all */
async function diskCounters(domain: QemuDomain, path: string, api: string): Promise<Counters> {
  return askGuest(domain, api, async ({ monitor }) => {
    const disks =
      path === "" ? domain.def.devices.disks : [requireDisk(domain, path, `invalid path: ${path}`)];
    const facts = blockFacts(await monitor.queryBlockStats(), []);
    const sum = { ...noCounts };
    for (const disk of disks) {
      const counted = facts.stats(disk)?.stats;
      if (!counted) continue;
      for (const field of Object.keys(noCounts) as (keyof Counters)[]) sum[field] += counted[field];
    }
    return sum;
  });
}

function requireDisk({ def }: QemuDomain, path: string, complaint: string): Disk {
  const disk = findDisk(def, path);
  if (!disk) throw badArgument(complaint);
  return disk;
}

async function blockInfo({ host }: QemuDriver, domain: QemuDomain, path: string): Promise<ImageSize> {
  const disk = requireDisk(domain, path, `invalid path ${path} not assigned to domain`);
  const place = imagePath(disk);
  if (!disk.source || place === "")
    throw badArgument(`disk '${path}' does not currently have a source assigned`);
  const [image] = imagesOf(disk);
  const atRest = async () => {
    if (place === undefined) throw badArgument(`disk '${path}' has no file in this host to look at`);
    return readImageSize(place, image?.format ?? "raw", host.root);
  };
  if (!domain.isActive || !image) return atRest();
  const live = await askGuest(domain, "virDomainGetBlockInfo", async ({ monitor }) => {
    const facts = await readBlockFacts(monitor);
    return liveSize(facts, image, facts.stats(disk));
  });
  if (!live) return atRest();
  const end = place === undefined ? live.physical : (await atRest()).physical;
  // A guest that never wrote occupies what the image occupied before.
  return { capacity: live.capacity, allocation: live.allocation || live.physical, physical: end };
}
