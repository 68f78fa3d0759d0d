import { chmod, chown, mkdir, rm } from "node:fs/promises";
import { native } from "@libvirt-ts/native";
import type { Undo } from "@libvirt-ts/util/undo";
import { unsupported } from "../driver/common.ts";
import type { QemuDomain } from "../guest.ts";
import type { GuestPaths } from "../process/guest-paths.ts";
import { giveToQemu } from "../process/ownership.ts";
import { listenOn } from "../process/resources.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findProgram, runHelper, startHelper } from "./helper-process.ts";
import {
  type EmulatedTpm,
  emulatedTpm,
  isTpm2,
  makeState,
  stateUri,
  type TpmState,
  tpmState,
} from "./tpm-state.ts";

/** Keys and certificates of a new TPM take seconds to make, on a busy host many. */
const SETUP_LIMIT_MS = 120_000;

export interface SwtpmCommand {
  tpm: EmulatedTpm;
  state: TpmState;
  /** A socket that listens already: QEMU cannot come too early. */
  fd: number;
  log: string;
  name: string;
}

/** Arguments of the TPM itself. */
export function swtpmArgs({ tpm, state, fd, log, name }: SwtpmCommand): string[] {
  const level = tpm.debug === undefined ? "" : `,level=${tpm.debug},prefix=[id=${name}] `;
  return [
    "socket",
    ...["--ctrl", `type=unixio,fd=${fd}`],
    ...["--tpmstate", `${stateUri(state, "dir=", "backend-uri=")},mode=0600`],
    ...["--log", `file=${log}${level}`],
    "--terminate",
    ...(isTpm2(tpm) ? ["--tpm2"] : []),
  ];
}

export interface SetupCommand extends Pick<SwtpmCommand, "tpm" | "state" | "log"> {
  /** Who the certificates are about. */
  vmid: string;
}

/** Arguments of the program that makes a TPM as a factory does. */
export const setupArgs = ({ tpm, state, log, vmid }: SetupCommand): string[] => [
  ...(isTpm2(tpm) ? ["--tpm2"] : []),
  ...["--tpm-state", stateUri(state, "", "")],
  ...["--vmid", vmid],
  ...["--logfile", log],
  ...["--createek", "--create-ek-cert", "--create-platform-cert", "--lock-nvram", "--not-overwrite"],
];

/** Arguments that choose which banks of registers a TPM keeps. */
export const banksArgs = ({ state, log }: Pick<SetupCommand, "state" | "log">, banks: string): string[] => [
  "--tpm2",
  ...["--tpm-state", stateUri(state, "", "")],
  ...["--logfile", log],
  ...["--pcr-banks", banks],
  "--reconfigure",
];

/**
 * Starts the TPM of a guest, which is made first if the guest never had one.
 * @throws VirError
 */
export async function startSwtpm(
  driver: QemuDriver,
  domain: QemuDomain,
  { paths, undo }: { paths: GuestPaths; undo: Undo },
): Promise<void> {
  const tpm = emulatedTpm(domain.def);
  if (!tpm) return;
  if (tpm.encryption !== undefined) throw unsupported("encrypted TPM state is not supported");
  const { env, dirs, tpmUser, paths: all } = driver;
  const program = findProgram("swtpm", env.PATH);
  const state = tpmState(dirs, domain.uuid, tpm);
  const { log, socket, pidFile } = paths.tpm;
  const identity = all.privileged ? tpmUser : undefined;
  await prepareFolders(driver);
  const run = (args: string[]) =>
    runHelper({ program: findProgram("swtpm_setup", env.PATH), args, log, identity, env }, SETUP_LIMIT_MS);
  const vmid = `${domain.name}:${domain.uuid}`;
  await makeState(state, identity, (fresh) => run(setupArgs({ tpm, state: fresh, log, vmid })));
  const { activePcrBanks } = tpm;
  if (activePcrBanks && activePcrBanks.length > 0)
    await run(banksArgs({ state, log }, activePcrBanks.join(",")));
  const fd = await listenOn(socket);
  try {
    undo.add(() => rm(socket, { force: true }));
    await giveToQemu(driver, socket);
    const args = swtpmArgs({ tpm, state, fd, log, name: domain.name });
    await startHelper({ program, args, fds: [fd], pidFile, identity, env, undo });
  } finally {
    native.close(fd);
  }
}

/** The folder of logs is the TPM user's, that of sockets QEMU's too. */
async function prepareFolders({ dirs, paths, user, tpmUser }: QemuDriver): Promise<void> {
  for (const folder of [dirs.tpm, dirs.tpmState, dirs.tpmLog]) await mkdir(folder, { recursive: true });
  await chmod(dirs.tpmState, 0o711);
  await chmod(dirs.tpm, 0o771);
  await chmod(dirs.tpmLog, 0o730);
  if (!paths.privileged) return;
  await chown(dirs.tpm, tpmUser.uid, user.gid);
  await chown(dirs.tpmLog, tpmUser.uid, tpmUser.gid);
}
