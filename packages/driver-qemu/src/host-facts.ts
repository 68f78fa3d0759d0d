import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { hostname, release } from "node:os";

/** What the driver knows of its host, found once at start. */
export interface HostFacts {
  /** Folder below which /proc and /sys are; "" for the machine itself. */
  readonly root: string;
  /** libvirt's word for the processor: `x86_64`. */
  readonly arch: string;
  readonly kernel: string;
  readonly hostname: string;
  /** Guests may use KVM. Decided here, once and for all: two ways of asking can disagree for ever. */
  readonly kvm: boolean;
  /** First render node, if the host has any. */
  readonly renderNode: string | undefined;
  readonly pageSizeKiB: number;
  /** There is a program that serves a guest's display by RDP. */
  readonly hasRdp: boolean;
}

const archNames: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", riscv64: "riscv64" };

export function readHostFacts(nodeArch: string, root = ""): HostFacts {
  return {
    root,
    arch: archNames[nodeArch] ?? nodeArch,
    kernel: release(),
    hostname: hostname(),
    kvm: isUsable(`${root}/dev/kvm`),
    renderNode: renderNode(`${root}/dev/dri`),
    pageSizeKiB: 4,
    hasRdp: programFolders.some((folder) => existsSync(`${root}${folder}/qemu-rdp`)),
  };
}

const programFolders = ["/usr/local/bin", "/usr/bin", "/bin"];

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // whatever the reason: it cannot be used
  }
}

function renderNode(folder: string): string | undefined {
  try {
    const name = readdirSync(folder)
      .filter((entry) => entry.startsWith("renderD"))
      .sort()[0];
    return name === undefined ? undefined : `${folder}/${name}`;
  } catch {
    return undefined; // no graphics at all
  }
}
