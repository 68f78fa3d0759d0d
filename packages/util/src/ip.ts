/** An IP address: its family and its bits as one number, so that masks and ranges are plain arithmetic. */
export interface IpAddress {
  readonly family: "ipv4" | "ipv6";
  readonly value: bigint;
}

/** Bits of an address of a family. */
export const ipBits = { ipv4: 32, ipv6: 128 } as const;

/** Reads a numeric address (`192.168.1.1`, `fd00::1`, `::ffff:1.2.3.4`). @returns undefined if it is not one */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/**
 * Reads a numeric host as C libraries do: IPv4 also in fewer than four parts, each in any C notation.
 * @param family the one that is asked for; IPv4 may be told as `::ffff:1.2.3.4`
 * @returns undefined if it is none
 */
export function parseNumericHost(text: string, family?: IpAddress["family"]): IpAddress | undefined {
  const found = text.includes(":") ? parseIpv6(text) : parseLooseIpv4(text);
  if (family === undefined || found?.family === family) return found;
  return family === "ipv4" && found && found.value >> 32n === 0xffffn
    ? { family, value: found.value & 0xffffffffn }
    : undefined;
}

const cNumber = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;

function parseLooseIpv4(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !parts.every((part) => cNumber.test(part))) return undefined;
  const numbers = parts.map((part) => BigInt(part.replace(/^0(?=[0-7])/, "0o")));
  const last = numbers.pop() ?? 0n;
  const room = BigInt(8 * (4 - numbers.length));
  if (numbers.some((number) => number > 255n) || last >> room !== 0n) return undefined;
  const head = numbers.reduce((sum, number) => (sum << 8n) | number, 0n);
  return { family: "ipv4", value: (head << room) | last };
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return { family: "ipv4", value };
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = ipv6Groups(halves[0] ?? "");
  const tail = halves.length === 2 ? ipv6Groups(halves[1] ?? "") : [];
  if (!head || !tail) return undefined;
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...new Array<number>(gap).fill(0), ...tail];
  return { family: "ipv6", value: groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n) };
}

/** The 16-bit groups between two gaps; a last part in IPv4 form counts as two. */
function ipv6Groups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".") && index === parts.length - 1) {
      const v4 = parseIpv4(part);
      if (!v4) return undefined;
      groups.push(Number(v4.value >> 16n), Number(v4.value & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

const dotted = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");

/**
 * The canonical text: dotted IPv4, IPv6 with its longest run of zero groups (at least two) shortened. IPv4 inside of
 * IPv6 (`::ffff:1.2.3.4`, `::1.2.3.4`) stays dotted, as in C libraries.
 */
export function formatIp({ family, value }: IpAddress): string {
  if (family === "ipv4") return dotted(value);
  const high = value >> 32n;
  if (high === 0xffffn) return `::ffff:${dotted(value)}`;
  if (high === 0n && value > 0xffffn) return `::${dotted(value)}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - index * 16)) & 0xffffn),
  );
  const run = longestZeroRun(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/** The netmask of `prefix` leading one bits. */
export function ipMask(family: IpAddress["family"], prefix: number): IpAddress {
  const bits = ipBits[family];
  const ones = (1n << BigInt(bits)) - 1n;
  return { family, value: ones ^ ((1n << BigInt(bits - prefix)) - 1n) };
}

/** Leading one bits of a netmask. @returns undefined when ones follow zeros */
export function prefixOfMask(mask: IpAddress): number | undefined {
  for (let prefix = 0; prefix <= ipBits[mask.family]; prefix++) {
    if (ipMask(mask.family, prefix).value === mask.value) return prefix;
  }
  return undefined;
}

/** The address with all host bits cleared. */
export function ipNetwork(address: IpAddress, prefix: number): IpAddress {
  return { family: address.family, value: address.value & ipMask(address.family, prefix).value };
}

/** The address with all host bits set. */
export function ipBroadcast(address: IpAddress, prefix: number): IpAddress {
  const hosts = (1n << BigInt(ipBits[address.family] - prefix)) - 1n;
  return { family: address.family, value: address.value | hosts };
}

/** Whether `address` lies in the network that `member` with `prefix` belongs to. */
export function isInNetwork(address: IpAddress, member: IpAddress, prefix: number): boolean {
  return (
    address.family === member.family && ipNetwork(address, prefix).value === ipNetwork(member, prefix).value
  );
}

/** The name below which reverse records of a network live: `122.168.192.in-addr.arpa`; prefix must fall on a label. */
export function reverseZone(address: IpAddress, prefix: number): string | undefined {
  const bitsPerLabel = address.family === "ipv4" ? 8 : 4;
  if (prefix === 0 || prefix % bitsPerLabel !== 0) return undefined;
  const labels: string[] = [];
  const radix = address.family === "ipv4" ? 10 : 16;
  const labelMask = (1n << BigInt(bitsPerLabel)) - 1n;
  for (let bit = ipBits[address.family] - prefix; bit < ipBits[address.family]; bit += bitsPerLabel) {
    labels.push(((address.value >> BigInt(bit)) & labelMask).toString(radix));
  }
  return `${labels.join(".")}.${address.family === "ipv4" ? "in-addr" : "ip6"}.arpa`;
}
