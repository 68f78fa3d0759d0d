import { readFile, writeFile } from "node:fs/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";

/** @param key `net/ipv4/ip_forward` @returns undefined when the kernel has no such setting */
export async function readSysctl(root: string, key: string): Promise<string | undefined> {
  try {
    return (await readFile(`${root}/proc/sys/${key}`, "latin1")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // node:fs throws nothing else
    throw error;
  }
}

/** @throws VirError SYSTEM_ERROR */
export async function writeSysctl(root: string, key: string, value: string): Promise<void> {
  const path = `${root}/proc/sys/${key}`;
  try {
    await writeFile(path, value);
  } catch (error) {
    throw systemError(ErrorDomain.NETWORK, error as NodeJS.ErrnoException, `cannot write to ${path}`); // as above
  }
}
