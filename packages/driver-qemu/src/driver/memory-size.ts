import { DomainMemoryModFlags as Flag } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { balloonPath } from "../stats/balloon.ts";
import { affected, badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";
import { changeGuest } from "./with-guest.ts";

const KIB = 1024;
const KNOWN_FLAGS = Flag.LIVE | Flag.CONFIG | Flag.MAXIMUM;

interface Wish {
  api: string;
  sizeKiB: number;
  flags: number;
}

/** How much memory a guest has, and may have. */
export function memorySizeHandlers(driver: QemuDriver): RemoteHandlers {
  const set = (domain: QemuDomain, wish: Wish) =>
    (wish.flags & Flag.MAXIMUM) !== 0 ? setMaximum(driver, domain, wish) : setCurrent(driver, domain, wish);
  return {
    domainSetMemory({ dom, memory }) {
      const api = "virDomainSetMemory";
      return set(findDomain(driver, dom), { api, sizeKiB: kib(memory, api), flags: Flag.LIVE });
    },
    domainSetMaxMemory({ dom, memory }) {
      const api = "virDomainSetMaxMemory";
      return set(findDomain(driver, dom), { api, sizeKiB: kib(memory, api), flags: Flag.MAXIMUM });
    },
    domainSetMemoryFlags({ dom, memory, flags }) {
      checkFlags(flags, KNOWN_FLAGS, "qemuDomainSetMemoryFlags", ErrorDomain.QEMU);
      const api = "virDomainSetMemoryFlags";
      return set(findDomain(driver, dom), { api, sizeKiB: kib(memory, api), flags });
    },
  };
}

function kib(memory: bigint, api: string): number {
  if (memory === 0n) {
    const message = `memory in ${api} must not be zero`;
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
  }
  if (memory > BigInt(Number.MAX_SAFE_INTEGER) / 1024n)
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.OVERFLOW, `input too large: ${memory}`);
  return Number(memory);
}

async function setMaximum(
  driver: QemuDriver,
  domain: QemuDomain,
  { api, sizeKiB, flags }: Wish,
): Promise<void> {
  await domain.jobs.run("modify", { api }, async () => {
    const { live, config } = affected(domain, flags & ~Flag.MAXIMUM);
    if (live) throw invalid("cannot resize the maximum memory on an active domain");
    if (!config) return;
    await changeConfig(driver, domain, (def) => {
      if ((def.cpu?.numa?.cells.length ?? 0) > 0)
        throw invalid("initial memory size of a domain with NUMA nodes cannot be modified with this API");
      if (def.maxMemory && sizeKiB > def.maxMemory.sizeKiB)
        throw invalid("cannot set initial memory size greater than the maximum memory size");
      def.memoryKiB = sizeKiB;
      def.currentMemoryKiB = Math.min(def.currentMemoryKiB, sizeKiB);
    });
  });
}

async function setCurrent(
  driver: QemuDriver,
  domain: QemuDomain,
  { api, sizeKiB, flags }: Wish,
): Promise<void> {
  const requireRoom = ({ memoryKiB }: DomainDef) => {
    if (sizeKiB > memoryKiB) throw badArgument("cannot set memory higher than max memory");
  };
  const { live, config } = affected(domain, flags);
  if (live) requireRoom(domain.def);
  if (config && domain.config) requireRoom(domain.config);
  if (live) {
    await changeGuest(domain, api, async ({ monitor }) => {
      if (balloonPath(domain.def) === undefined) {
        throw invalid(
          "Unable to change memory of active domain without the balloon device and guest OS balloon driver",
        );
      }
      // The size changes when the guest gives the memory back; an event says so.
      await monitor.balloon(sizeKiB * KIB);
    });
  }
  if (config) {
    await domain.jobs.run("modify", { api }, () =>
      changeConfig(driver, domain, (def) => {
        requireRoom(def);
        def.currentMemoryKiB = sizeKiB;
      }),
    );
  }
}
