import { readFileSync } from "node:fs";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import type { QemuUser } from "./qemu-driver.ts";

/** Whom distributions make for QEMU; and for TPMs. */
const QEMU_USER = "libvirt-qemu";
const TPM_USER = "tss";

interface Wish {
  user: string | undefined;
  group: string | undefined;
}

/**
 * Who QEMU runs as.
 * @param wish names, or `+` and a number, as in `qemu.conf`; not set: the distribution's user if there is one
 * @throws VirError INVALID_ARG for names nobody has
 */
export const findQemuUser = (wish: Wish, root: string, log: Logger): QemuUser =>
  findUser(wish, root, () => log.warn({ user: QEMU_USER }, "no user for QEMU: it runs as root"), QEMU_USER);

/** Who software runs as that plays a TPM; root where the distribution has nobody. As above. */
export const findTpmUser = (wish: Wish, root: string): QemuUser => findUser(wish, root, () => {}, TPM_USER);

function findUser(wish: Wish, root: string, onNobody: () => void, usual: string): QemuUser {
  const passwd = rows(`${root}/etc/passwd`);
  const groups = rows(`${root}/etc/group`);
  const known = passwd.get(usual);
  if (wish.user === undefined && !known) onNobody();
  const uid = wish.user === undefined ? Number(known?.[2] ?? 0) : number(wish.user, passwd, "user");
  const defaultGid = Number(groups.get(usual)?.[2] ?? known?.[3] ?? 0);
  const gid = wish.group === undefined ? defaultGid : number(wish.group, groups, "group");
  const name = [...passwd.values()].find((row) => Number(row[2]) === uid)?.[0];
  const member = [...groups.values()].filter(
    (row) => name !== undefined && row[3]?.split(",").includes(name),
  );
  return { uid, gid, groups: [...new Set([gid, ...member.map((row) => Number(row[2]))])] };
}

/** Rows of /etc/passwd or /etc/group by name; none when there is no such file. */
function rows(path: string): Map<string, string[]> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map(); // node:fs throws nothing else
    throw error;
  }
  return new Map(text.split("\n").map((line) => [line.split(":")[0] ?? "", line.split(":")]));
}

function number(wish: string, known: Map<string, string[]>, what: string): number {
  const found = known.get(wish)?.[2];
  if (found !== undefined) return Number(found);
  const match = /^\+?(\d+)$/.exec(wish);
  if (match) return Number(match[1]);
  throw new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, `Failed to parse ${what} '${wish}'`);
}
