import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Credentials } from "@libvirt-ts/rpc/client";
import type { Plan } from "./uri.ts";

type Groups = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * A login from libvirt's file of logins: `authfile=` of the URI, LIBVIRT_AUTH_FILE, the user's or the system's
 * `auth.conf`; the first that is there counts.
 * @returns undefined when no file knows the host
 */
export async function credentialsFor(
  { host, params, user }: Plan,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> {
  const config = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, ".config"));
  const files = [
    params.authfile ?? env.LIBVIRT_AUTH_FILE,
    config && join(config, "libvirt/auth.conf"),
    "/etc/libvirt/auth.conf",
  ];
  for (const file of files) {
    const text = file ? await readIfThere(file) : undefined;
    if (text !== undefined) return loginOf(groupsOf(text), host || "localhost", user);
  }
  return undefined;
}

/** `auth-libvirt-HOST` (or `-default`) names a group of credentials, `credentials-NAME` has them. */
export function loginOf(groups: Groups, host: string, user: string | undefined): Credentials | undefined {
  const login = groups.get(`auth-libvirt-${host}`) ?? groups.get("auth-libvirt-default");
  const { authname, username, password } = groups.get(`credentials-${login?.credentials}`) ?? {};
  const name = user ?? authname ?? username;
  return name === undefined || password === undefined ? undefined : { user: name, password };
}

/** A key file: groups in brackets, `key=value` lines, comments with "#". */
export function groupsOf(text: string): Groups {
  const groups = new Map<string, Record<string, string>>();
  let group: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, head] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    const [, key, value = ""] = /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (head !== undefined) {
      group = groups.get(head) ?? {};
      groups.set(head, group);
    } else if (key !== undefined) group[key] = value;
  }
  return groups;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // readFile throws nothing else
    throw error;
  }
}
