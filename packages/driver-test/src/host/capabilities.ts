import { formatBitmap } from "@libvirt-ts/util/bitmap";
import type { Cell, TestHost } from "./host.ts";

/** Those of the default host's cells; shown for every host. */
const smallPagesKiB = [4, 8];
/** Page sizes shown for the host and each cell beside the cell's small pages. */
const hugePagesKiB = [2048, 1_048_576];
/** The program that guests are said to run in. */
export const EMULATOR = "/usr/bin/test-hv";
const guestTypes = ["hvm", "xen"];

/** `virsh capabilities`. */
export const formatCapabilities = ({ arch, cells }: TestHost): string => `<capabilities>

  <host>
    <cpu>
      <arch>${arch}</arch>
      <features>
        <pae/>
        <nonpae/>
      </features>
${[...smallPagesKiB, ...hugePagesKiB]
  .map((size) => `      <pages unit='KiB' size='${size}'/>\n`)
  .join("")}    </cpu>
    <power_management/>
    <iommu support='no'/>
    <topology>
      <cells num='${cells.length}'>
${cells.map(formatCell).join("")}      </cells>
    </topology>
    <secmodel>
      <model>testSecurity</model>
      <doi></doi>
    </secmodel>
  </host>

${guestTypes.map((type) => formatGuest(type, arch)).join("")}</capabilities>
`;

const formatCell = ({ memoryKiB, pageKiB, cpus }: Cell, id: number): string => `        <cell id='${id}'>
          <memory unit='KiB'>${memoryKiB}</memory>
          <pages unit='KiB' size='${pageKiB}'>${memoryKiB / pageKiB}</pages>
${hugePagesKiB
  .map((size) => `          <pages unit='KiB' size='${size}'>0</pages>\n`)
  .join("")}          <cpus num='${cpus.length}'>
${cpus
  .map(
    (cpu) =>
      `            <cpu id='${cpu.id}' socket_id='${cpu.socket}' die_id='${cpu.die}' core_id='${cpu.core}' siblings='${formatBitmap(cpu.siblings)}'/>\n`,
  )
  .join("")}          </cpus>
        </cell>
`;

const formatGuest = (type: string, arch: string): string => `  <guest>
    <os_type>${type}</os_type>
    <arch name='${arch}'>
      <wordsize>32</wordsize>
      <emulator>${EMULATOR}</emulator>
      <domain type='test'/>
    </arch>
    <features>
      <pae/>
      <nonpae/>
    </features>
  </guest>

`;
