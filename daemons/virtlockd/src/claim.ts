import type { OwnerDetails } from "./records.ts";
import type { ThisHost } from "./this-host.ts";

/** A process that holds a lock, as a ledger and clients are told. */
export interface ClaimHolder extends Partial<OwnerDetails> {
  readonly pid: number;
  /** Clock ticks since boot at which it started. */
  readonly start?: string | undefined;
}

/** What one host says it holds. Only a claim: the truth is the lock itself. */
export interface Claim {
  readonly host: ThisHost;
  /** Directory of the lockspace; "" is the default one. */
  readonly space: string;
  /** As the client named it. */
  readonly name: string;
  readonly path: string;
  readonly shared: boolean;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly holders: readonly ClaimHolder[];
}

const version = 1;

export function formatClaim(claim: Claim): string {
  return `${JSON.stringify({ version, ...claim })}\n`;
}

/** @returns undefined for what is no claim; other hosts, and whoever may write there, are not trusted */
export function parseClaim(text: string): Claim | undefined {
  const read = fieldsOf(parse(text));
  if (read?.version !== version) return undefined;
  const host = fieldsOf(read.host);
  const { space, name, path, shared, since, holders } = read;
  const isWhole =
    isText(space) && isText(name) && isText(path) && typeof shared === "boolean" && isCount(since);
  if (!isWhole || !isText(host?.name) || !isText(host.machineId) || !isText(host.bootId)) return undefined;
  if (!Array.isArray(holders) || holders.length > maxHolders) return undefined;
  const about = { name: host.name, machineId: host.machineId, bootId: host.bootId };
  return {
    host: about,
    space,
    name,
    path,
    shared,
    since,
    holders: holders.flatMap((each) => holderOf(each)),
  };
}

const maxHolders = 1024;

function holderOf(value: unknown): ClaimHolder[] {
  const read = fieldsOf(value);
  if (!isCount(read?.pid)) return [];
  const { pid, uuid, name, id, start } = read;
  const details = isText(uuid) && isText(name) && isCount(id) ? { uuid, name, id } : {};
  return [{ pid, start: isText(start) ? start : undefined, ...details }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined; // any object is that
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 65_536;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Who has a lock and for how long, for a person whose guest was refused: " (by domain 'web', process 77 of host
 * 'node2', for 5 min)"; the host is left out when it is this one.
 */
export function describeHolders(claims: readonly Claim[], here: ThisHost, now: number): string {
  const parts = claims.flatMap(({ host, since, holders }) => {
    const where = host.machineId === here.machineId ? "" : ` of host '${host.name}'`;
    const age = `for ${formatAge(now - since)}`;
    return holders.map(({ name, pid }) => {
      const who = name === undefined ? "" : `domain '${name}', `;
      return `by ${who}process ${pid}${where}, ${age}`;
    });
  });
  const [first, ...more] = new Set(parts);
  if (first === undefined) return "";
  return ` (${first}${more.length > 0 ? `, and ${more.length} more` : ""})`;
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

export function formatAge(ms: number): string {
  const unit = units.find(([, length]) => ms >= length);
  return unit ? `${Math.floor(ms / unit[1])} ${unit[0]}` : `${Math.max(0, Math.floor(ms / 1000))} s`;
}
