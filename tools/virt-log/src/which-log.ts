import type { LogInfo } from "@libvirt-ts/log-manager/reading";

/** The logs of a guest, its consoles' first: they are what people ask for; QEMU's own last. */
export function logsOf(logs: readonly LogInfo[], domain: string): LogInfo[] {
  const isQemus = ({ path }: LogInfo) => path.endsWith(`/${domain}.log`);
  return logs
    .filter((log) => log.dom.name === domain || isQemus(log))
    .sort((a, b) => Number(isQemus(a)) - Number(isQemus(b)) || Number(b.isOpen) - Number(a.isOpen));
}

/**
 * @param wanted a path, or the name of a guest, then its first log
 * @returns the path, and those of the guest's other logs
 * @throws Error
 */
export function chooseLog(
  logs: readonly LogInfo[],
  wanted: string,
  qemu = false,
): { path: string; others: string[] } {
  if (wanted.startsWith("/")) return { path: wanted, others: [] };
  const paths = logsOf(logs, wanted).map(({ path }) => path);
  const path = qemu ? paths.at(-1) : paths[0];
  if (path === undefined) throw new Error(`there is no log of a guest '${wanted}'`);
  return { path, others: paths.filter((other) => other !== path) };
}
