import type { DomainDef } from "@libvirt-ts/conf/domain";

type Graphics = DomainDef["devices"]["graphics"][number];

/** The password of a display as QEMU is told it. */
export interface DisplayPassword {
  protocol: "vnc" | "spice";
  password: string;
  /** What becomes of those who are there already. */
  connected: "fail" | "disconnect" | "keep" | undefined;
  /** `never`, `now` or seconds since 1970. */
  expires: string;
}

/** @param usual passwords for displays without one of their own */
export function displayPassword(
  graphics: Graphics,
  usual: Readonly<Partial<Record<"vnc" | "spice", string | undefined>>>,
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
