import { readdir } from "node:fs/promises";
import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { cpusOf, cputuneOf } from "@libvirt-ts/hypervisor";
import { typed, typedParams } from "@libvirt-ts/protocol";
import { type Bitmap, formatBitmap } from "@libvirt-ts/util/bitmap";
import type { Guest, QemuDomain } from "../guest.ts";
import { bindThread } from "../process/pin.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, badArgument, findDomain, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";
import { changeGuest } from "./with-guest.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;

interface Pinning {
  api: string;
  cpus: Bitmap;
  flags: number;
}

/** Binding of a guest's threads to processors of the host. */
export function pinningHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainPinVcpu: ({ dom, vcpu, cpumap }) =>
      pinVcpu(driver, findDomain(driver, dom), vcpu, {
        api: "virDomainPinVcpu",
        cpus: cpusOf(cpumap),
        flags: Impact.LIVE,
      }),
    domainPinVcpuFlags({ dom, vcpu, cpumap, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainPinVcpuFlags", ErrorDomain.QEMU);
      const pinning = { api: "virDomainPinVcpuFlags", cpus: cpusOf(cpumap), flags };
      return pinVcpu(driver, findDomain(driver, dom), vcpu, pinning);
    },
    domainPinEmulator({ dom, cpumap, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainPinEmulator", ErrorDomain.QEMU);
      const pinning = { api: "virDomainPinEmulator", cpus: cpusOf(cpumap), flags };
      return pinEmulator(driver, findDomain(driver, dom), pinning);
    },
  };
}

async function pinVcpu(
  driver: QemuDriver,
  domain: QemuDomain,
  vcpu: number,
  pinning: Pinning,
): Promise<void> {
  const { api, cpus, flags } = pinning;
  const { live, config } = affected(domain, flags);
  const outOfRange = (kind: string, count: number) =>
    badArgument(`vcpu ${vcpu} is out of range of ${kind} cpu count ${count}`);
  if (live && vcpu >= domain.def.vcpu.count) throw outOfRange("live", domain.def.vcpu.count);
  const permanent = config ? domain.config?.vcpu.count : undefined;
  if (permanent !== undefined && vcpu >= permanent) throw outOfRange("persistent", permanent);
  requireCpus(cpus);
  const note = (def: QemuDomain["def"]) => {
    const tune = cputuneOf(def);
    const others = tune.vcpupins.filter((pin) => pin.vcpu !== vcpu);
    tune.vcpupins = [...others, { vcpu, cpuset: [...cpus] }].sort((a, b) => a.vcpu - b.vcpu);
  };
  if (live) {
    await changeGuest(domain, api, async (guest) => {
      const thread = guest.facts.vcpus.find(({ id }) => id === vcpu)?.tid;
      if (thread) bindThread(thread, cpus);
      note(domain.def);
    });
    announce(driver, domain, `cputune.vcpupin${vcpu}`, cpus);
  }
  if (config) await domain.jobs.run("modify", { api }, () => changeConfig(driver, domain, note));
}

async function pinEmulator(driver: QemuDriver, domain: QemuDomain, pinning: Pinning): Promise<void> {
  const { api, cpus, flags } = pinning;
  const { live, config } = affected(domain, flags);
  requireCpus(cpus);
  const note = (def: QemuDomain["def"]) => {
    cputuneOf(def).emulatorpin = { cpuset: [...cpus] };
  };
  if (live) {
    await changeGuest(domain, api, async (guest) => {
      for (const thread of await emulatorThreads(driver, guest)) bindThread(thread, cpus);
      note(domain.def);
    });
    announce(driver, domain, "cputune.emulatorpin", cpus);
  }
  if (config) await domain.jobs.run("modify", { api }, () => changeConfig(driver, domain, note));
}

function requireCpus(cpus: Bitmap): void {
  if (cpus.length === 0) throw badArgument("Empty cpu list for pinning");
}

/** All threads of QEMU but those of the virtual processors. New ones take after the one that makes them. */
async function emulatorThreads({ host }: QemuDriver, { process, facts }: Guest): Promise<number[]> {
  const vcpus = new Set(facts.vcpus.map(({ tid }) => tid));
  const threads = await readdir(`${host.root}/proc/${process.pid}/task`);
  return threads.map(Number).filter((tid) => !vcpus.has(tid));
}

function announce(driver: QemuDriver, domain: QemuDomain, field: string, cpus: Bitmap): void {
  driver.status.save(domain);
  driver.events.emit("tunable", domain, {
    params: typedParams({ [field]: typed.string(formatBitmap(cpus)) }),
  });
}
