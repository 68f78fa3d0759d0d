import { execFile } from "node:child_process";

/** Runs a program. @returns its output; undefined when it fails or takes too long */
export type Ask = (file: string, args: readonly string[]) => Promise<string | undefined>;

const timeoutMs = 10_000;

export const askProgram: Ask = (file, args) =>
  new Promise((resolve) => {
    execFile(file, args, { timeout: timeoutMs, maxBuffer: 65_536 }, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
  });

/** The UUID of a logical volume; undefined for any other device. */
export async function logicalVolumeId(path: string, ask: Ask): Promise<string | undefined> {
  const options = ["--noheadings", "--unbuffered", "--nosuffix", "--options", "uuid"];
  return word(await ask("lvs", [...options, path]));
}

/** The serial number of a SCSI disk; undefined for any other device. */
export async function scsiId(path: string, ask: Ask): Promise<string | undefined> {
  return word(await ask("/lib/udev/scsi_id", ["--replace-whitespace", "--whitelisted", "--device", path]));
}

/** One that can be the name of a lock file. */
function word(output: string | undefined): string | undefined {
  const text = output?.trim();
  return text !== undefined && /^[^\s/]+$/.test(text) && !/^\.{1,2}$/.test(text) ? text : undefined;
}
