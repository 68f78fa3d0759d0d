import type { DomainDef } from "@libvirt-ts/conf/domain";
import { unsupported } from "../driver/common.ts";

export type Graphics = DomainDef["devices"]["graphics"][number];

/** The password of a display as QEMU is told it. */
export interface DisplayPassword {
  protocol: "vnc" | "spice";
  password: string;
  /** What becomes of those who are there already. */
  connected: "fail" | "disconnect" | "keep" | undefined;
  /** `never`, `now` or seconds since 1970. */
  expires: string;
}

/** Passwords for displays without one of their own. */
type Usual = Readonly<Partial<Record<"vnc" | "spice", string | undefined>>>;

export function displayPassword(
  graphics: Graphics,
  usual: Usual,
  nowMs: number,
): DisplayPassword | undefined {
  if (graphics.type !== "vnc" && graphics.type !== "spice") return undefined;
  const { type: protocol, passwd, passwdValidTo, connected } = graphics;
  const password = passwd ?? usual[protocol];
  if (password === undefined) return undefined;
  return { protocol, password, connected, expires: password === "" ? "now" : end(passwdValidTo, nowMs) };
}

/** Times without a zone are UTC. */
function end(validTo: string | undefined, nowMs: number): string {
  if (validTo === undefined) return "never";
  const text = validTo.trim();
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return ms > nowMs ? String(Math.floor(ms / 1000)) : "now";
}

export interface PasswordUpdate {
  /** What QEMU has to be told; absent: nothing. */
  password?: DisplayPassword | undefined;
  /** Writes it into the definition. */
  apply(): void;
}

/**
 * A display as it shall be from now on.
 * @throws VirError CONFIG_UNSUPPORTED for more than another password, or the same for longer
 */
export function updatePassword(
  old: Graphics,
  next: Graphics,
  { usual, nowMs }: { usual: Usual; nowMs: number },
): PasswordUpdate {
  const difference = fixedDifference(old, next);
  if (difference !== undefined) throw unsupported(difference);
  const hasPassword = (each: Graphics) => each.type === "vnc" || each.type === "spice";
  if (!hasPassword(old) || !hasPassword(next)) return { apply: () => {} };
  const isTimed = next.passwdValidTo !== undefined || old.passwdValidTo !== undefined;
  if (!isTimed && next.passwd === old.passwd) return { apply: () => {} };
  return {
    password: displayPassword(next, usual, nowMs),
    apply() {
      old.passwd = next.passwd;
      old.passwdValidTo = next.passwdValidTo;
      old.connected = next.connected;
    },
  };
}

/** What is asked for and cannot change while the display is there. Ports that were given out need not be named. */
function fixedDifference(old: Graphics, next: Graphics): string | undefined {
  if (!("listens" in old) || !("listens" in next))
    return `unable to change config on '${next.type}' graphics type`;
  const { type } = next;
  if (type !== "vnc" && type !== "spice") return `unable to change config on '${type}' graphics type`;
  if (next.listens.length > 0 && old.listens.length !== next.listens.length)
    return `cannot change the number of listen addresses on '${type}' graphics`;
  for (const [at, listen] of next.listens.entries()) {
    const before = old.listens[at];
    if (listen.type !== before?.type) return `cannot change the type of listen address on '${type}' graphics`;
    if (listen.type === "address" && listen.address !== undefined && listen.address !== before.address)
      return `cannot change listen address setting on '${type}' graphics`;
    if (listen.network !== before.network)
      return `cannot change listen address setting on '${type}' graphics`;
  }
  const isSame = (a: number | undefined, b: number | undefined) => b === undefined || b <= 0 || a === b;
  const hasSamePorts =
    isSame(old.port, next.port) &&
    (old.type !== "spice" || next.type !== "spice" || isSame(old.tlsPort, next.tlsPort));
  if (!next.autoport && !hasSamePorts) return `cannot change port settings on ${type} graphics`;
  const keymap = "keymap" in next ? next.keymap : undefined;
  if (keymap !== undefined && keymap !== ("keymap" in old ? old.keymap : undefined))
    return `cannot change keymap setting on ${type} graphics`;
  return undefined;
}
