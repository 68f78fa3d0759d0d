import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { TestDomain, TestDriver } from "../test-driver.ts";

/** What may be said about a guest, by the bits of virDomainMessageType. */
const DEPRECATION = 1;
const TAINTING = 2;
export const MESSAGE_FLAGS = DEPRECATION | TAINTING;

/** A processor model nobody should use any more. */
const OLD_CPU = "Deprecated-Test";

/** In the order in which libvirt tells them. */
const taints: readonly (readonly [text: string, has: (def: DomainDef) => boolean])[] = [
  [
    "running with undesirable elevated privileges",
    ({ devices: { disks, hostdevs } }) =>
      disks.some(({ rawio }) => rawio === true) ||
      hostdevs.some((each) => each.type === "scsi" && "rawio" in each && each.rawio === true),
  ],
  [
    "network configuration using opaque shell scripts",
    ({ devices }) => devices.interfaces.some((net) => "script" in net && net.script !== undefined),
  ],
  [
    "use of host cdrom passthrough",
    ({ devices }) =>
      devices.disks.some(
        ({ device, type, source }) =>
          device === "cdrom" &&
          type === "block" &&
          source !== undefined &&
          "dev" in source &&
          source.dev !== undefined,
      ),
  ],
  ["custom device tree blob used", ({ os }) => os.dtb !== undefined],
  ["use of deprecated configuration settings", hasOldCpu],
];

function hasOldCpu({ cpu }: DomainDef): boolean {
  return cpu?.model?.name === OLD_CPU && (cpu.mode ?? "custom") === "custom";
}

/** Remembers what is questionable about a guest that came with its host; of others nothing is said. */
export function noteTaints({ taints: known }: Pick<TestDriver, "taints">, domain: TestDomain): void {
  const { def } = domain;
  known.set(domain, {
    tainting: taints.filter(([, has]) => has(def)).map(([text]) => `tainted: ${text}`),
    deprecation: hasOldCpu(def) ? [`deprecated configuration: CPU model ${OLD_CPU}`] : [],
  });
}

/** @param flags which kinds; none: all */
export function messagesOf(
  { taints: known }: Pick<TestDriver, "taints">,
  domain: TestDomain,
  flags: number,
): string[] {
  const { tainting = [], deprecation = [] } = known.get(domain) ?? {};
  const has = (flag: number) => flags === 0 || (flags & flag) !== 0;
  return [...(has(TAINTING) ? tainting : []), ...(has(DEPRECATION) ? deprecation : [])];
}
