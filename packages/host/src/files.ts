import { readFileSync } from "node:fs";

/**
 * Text of a small file of /proc or /sys without its line end, or undefined when the kernel has no such file.
 * Read on the spot: the kernel makes it up from memory, faster than a thread could be asked to wait for it.
 */
export async function readFact(path: string): Promise<string | undefined> {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EINVAL" || code === "ENODEV") return undefined;
    throw error;
  }
}

/** A file that holds one number. */
export async function readNumber(path: string): Promise<number | undefined> {
  const text = await readFact(path);
  return text === undefined || text === "" ? undefined : Number(text);
}
