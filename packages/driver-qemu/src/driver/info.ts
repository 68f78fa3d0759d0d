import { DomainGetJobStatsFlags, DomainMessageType, DomainXmlFlags } from "@libvirt-ts/api";
import { type DomainDef, formatDomain } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { readProcess } from "@libvirt-ts/host";
import { stateNumbers } from "@libvirt-ts/hypervisor";
import { ObjectReplies } from "@libvirt-ts/objects";
import { remote } from "@libvirt-ts/protocol";
import { encoded } from "@libvirt-ts/rpc/server";
import { charsFromText, encode } from "@libvirt-ts/xdr";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { migratableForm, withHostCpu } from "./described.ts";

const XML_FLAGS = Object.values(DomainXmlFlags).reduce<number>((all, bit) => all | bit, 0);
const MESSAGE_TYPES = Object.values(DomainMessageType).reduce<number>((all, bit) => all | bit, 0);
const KIB = 1024;
/** `virDomainControlState`: ok, job. */
const CONTROL_OK = 0;
const CONTROL_JOB = 1;
/** `virDomainJobType` none. */
const NO_JOB = 0;

const taintTexts = {
  "custom-argv": "custom configuration parameters specified",
  "custom-monitor": "custom monitor control commands issued",
  "high-privileges": "running with undesirable elevated privileges",
  "shell-scripts": "network configuration using opaque shell scripts",
  "disk-probing": "potentially unsafe disk format probing",
  "external-launch": "managing externally launched configuration",
  "host-cpu": "potentially unsafe use of host CPU passthrough",
  "hook-script": "configuration potentially modified by hook script",
  "cdrom-passthrough": "use of host cdrom passthrough",
  "custom-dtb": "custom device tree blob used",
  "custom-ga-command": "custom guest agent control commands issued",
  "custom-hypervisor-feature": "hypervisor feature autodetection override",
  "deprecated-config": "use of deprecated configuration settings",
} as const;

/** Bytes of descriptions kept ready. */
const MAX_READY = 4_194_304;

/** What clients ask about one domain. Nothing here waits for a guest. */
export function infoHandlers(driver: QemuDriver): RemoteHandlers {
  const ready = new ObjectReplies<QemuDomain>(MAX_READY);
  return {
    domainGetState({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainGetState", ErrorDomain.QEMU);
      return stateNumbers(findDomain(driver, dom).state);
    },
    async domainGetInfo({ dom }) {
      const domain = findDomain(driver, dom);
      const { def } = domain;
      return {
        state: domain.stateNumber,
        maxMem: BigInt(def.memoryKiB),
        memory: BigInt(currentMemoryKiB(domain)),
        nrVirtCpu: def.vcpu.current ?? def.vcpu.count,
        cpuTime: await cpuTimeNs(driver, domain),
      };
    },
    domainGetOsType: ({ dom }) => ({ type: findDomain(driver, dom).def.os.type.name }),
    domainGetMaxMemory: ({ dom }) => ({ memory: BigInt(findDomain(driver, dom).def.memoryKiB) }),
    domainGetXmlDesc({ dom, flags }) {
      checkFlags(flags, XML_FLAGS, "qemuDomainGetXMLDesc", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const stored = storedText(domain, flags);
      if (stored !== undefined) return { xml: stored };
      if ((flags & DomainXmlFlags.UPDATE_CPU) !== 0) return describeWithHostCpu(driver, domain, flags);
      // What shows secrets is not kept in another place.
      if ((flags & (DomainXmlFlags.SECURE | DomainXmlFlags.MIGRATABLE)) !== 0)
        return { xml: describe(domain, flags) };
      const key = `${flags} ${domain.isActive} ${currentMemoryKiB(domain)}`;
      const make = () => encode(remote.procs.domainGetXmlDesc.ret, { xml: describe(domain, flags) });
      return encoded(ready.get(domain, domain.revision, key, make));
    },
    domainGetControlInfo({ dom, flags }) {
      checkFlags(flags, 0, "qemuDomainGetControlInfo", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      return { state: domain.jobs.isBusy ? CONTROL_JOB : CONTROL_OK, details: 0, stateTime: 0n };
    },
    domainGetJobInfo({ dom }) {
      findDomain(driver, dom).requireActive();
      return noJob;
    },
    domainGetJobStats({ dom, flags }) {
      const { COMPLETED, KEEP_COMPLETED } = DomainGetJobStatsFlags;
      checkFlags(flags, COMPLETED | KEEP_COMPLETED, "qemuDomainGetJobStats", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      if ((flags & COMPLETED) === 0) domain.requireActive();
      return { type: NO_JOB, params: [] };
    },
    domainAbortJob({ dom }) {
      findDomain(driver, dom).requireActive();
      throw invalid("no job is active on the domain");
    },
    domainGetSecurityLabel({ dom }) {
      findDomain(driver, dom);
      return { label: charsFromText(""), enforcing: 0 };
    },
    domainGetSecurityLabelList({ dom }) {
      findDomain(driver, dom);
      return { labels: [], ret: 0 };
    },
    domainGetMessages({ dom, flags }) {
      checkFlags(flags, MESSAGE_TYPES, "virDomainGetMessages", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const wantsTaints = flags === 0 || (flags & DomainMessageType.TAINTING) !== 0;
      const taints = wantsTaints ? [...(domain.live?.facts.taints ?? [])] : [];
      return { msgs: taints.map((taint) => `tainted: ${taintTexts[taint]}`) };
    },
  };
}

const noJob = {
  type: NO_JOB,
  timeElapsed: 0n,
  timeRemaining: 0n,
  dataTotal: 0n,
  dataProcessed: 0n,
  dataRemaining: 0n,
  memTotal: 0n,
  memProcessed: 0n,
  memRemaining: 0n,
  fileTotal: 0n,
  fileProcessed: 0n,
  fileRemaining: 0n,
};

/** Memory the guest has now, in KiB: what its balloon last said. */
export function currentMemoryKiB({ def, live }: QemuDomain): number {
  if (live?.balloonBytes !== undefined) return Math.floor(live.balloonBytes / KIB);
  return def.currentMemoryKiB;
}

/** Processor time of a running guest, in nanoseconds; 0 when it does not run. */
export async function cpuTimeNs({ host }: QemuDriver, { live }: QemuDomain): Promise<bigint> {
  if (!live) return 0n;
  const facts = await readProcess(host.root, live.process.pid);
  return facts ? facts.userNs + facts.systemNs : 0n;
}

/** The description of what is kept as text, where that shows what is asked for and no more. */
function storedText(domain: QemuDomain, flags: number): string | undefined {
  const { INACTIVE, SECURE } = DomainXmlFlags;
  if ((flags & ~(INACTIVE | SECURE)) !== 0) return undefined;
  if (domain.isActive && (flags & INACTIVE) === 0) return undefined;
  const kept = domain.keptConfig;
  return kept && (!kept.hasSecrets || (flags & SECURE) !== 0) ? kept.text : undefined;
}

/**
 * The XML of a domain.
 * @throws VirError for a wish we cannot fulfil
 */
const describe = (domain: QemuDomain, flags: number): string =>
  formatDescription(domain, shownDefinition(domain, flags), flags);

async function describeWithHostCpu(driver: QemuDriver, domain: QemuDomain, flags: number) {
  const def = await withHostCpu(driver, shownDefinition(domain, flags));
  return { xml: formatDescription(domain, def, flags) };
}

function shownDefinition(domain: QemuDomain, flags: number): DomainDef {
  const inactive = (flags & DomainXmlFlags.INACTIVE) !== 0;
  if (inactive && (flags & DomainXmlFlags.MIGRATABLE) !== 0 && domain.isActive && !domain.isPersistent)
    throw badArgument("no persistent config");
  if (!domain.isActive) return domain.def;
  if (inactive && domain.nextDef) return domain.nextDef;
  const { def } = domain;
  const current = currentMemoryKiB(domain);
  return current === def.currentMemoryKiB ? def : { ...def, currentMemoryKiB: current };
}

function formatDescription({ isActive }: QemuDomain, def: DomainDef, flags: number): string {
  const { INACTIVE, SECURE, MIGRATABLE } = DomainXmlFlags;
  const isMigratable = (flags & MIGRATABLE) !== 0;
  return formatDomain(isMigratable ? migratableForm(def) : def, {
    inactive: (flags & INACTIVE) !== 0 || !isActive,
    // Who moves a guest needs all of it.
    secure: (flags & SECURE) !== 0 || isMigratable,
  });
}

export const agentMissing = (): VirError =>
  new VirError(ErrorDomain.QEMU, ErrorCode.AGENT_UNRESPONSIVE, "QEMU guest agent is not connected");
