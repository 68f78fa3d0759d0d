import { LockChange } from "@libvirt-ts/protocol";
import { type Claim, type ClaimHolder, describeHolders } from "./claim.ts";
import type { Ledger } from "./ledger.ts";
import type { Owner } from "./owners.ts";
import type { Resource } from "./resource.ts";
import type { ThisHost } from "./this-host.ts";

/** What we say of a lock of ours. */
export function claimOf({ space, name, path, shared, since, owners }: Resource, host: ThisHost): Claim {
  return { host, space, name, path, shared, since, holders: owners.map((owner) => holderOf(owner)) };
}

function holderOf({ pid, start, details }: Owner): ClaimHolder {
  return { pid, start, ...details };
}

/** Writes down what happens to locks. */
export function keepLedger(ledger: Ledger, change: LockChange, resource: Resource): void {
  if (!ledger.has(resource.space)) return;
  if (change === LockChange.released && resource.owners.length === 0)
    ledger.remove(resource.space, resource.name);
  else ledger.write(claimOf(resource, ledger.host));
}

/** A host that gives a lock back needs a moment to take back its claim as well. */
const courtesyMs = 2000;

/**
 * An exclusive lock of ours proves that nobody else has it: claims of other hosts to it are struck out after a while,
 * and the ledger keeps that they lost it without giving it back (a power cut, a cut network).
 */
export function takeOver(ledger: Ledger, resource: Resource): void {
  const { space, name, shared } = resource;
  if (shared || !ledger.has(space)) return;
  const strike = async () => {
    const isOurs = resource.owners.length > 0 && !resource.isLost;
    for (const claim of isOurs ? await ledger.claimsTo(space, name) : [])
      if (claim.host.machineId !== ledger.host.machineId && claim.since < resource.since)
        await ledger.strike(claim, "its lock was free when this host took it");
  };
  const timer = setTimeout(() => void strike().catch(() => {}), courtesyMs); // it stays a claim that is not true
  timer.unref();
}

/** How long a refused client may wait to learn who is in its way. */
const patienceMs = 1000;

/** Who is in the way of a refused client, as text to follow "is locked"; "" when nobody knows. */
export function describeHolder(
  ledger: Ledger,
  { space, name, by }: { space: string; name: string; by: Resource | "elsewhere" },
  now = Date.now(),
): string | Promise<string> {
  if (by !== "elsewhere") return describeHolders([claimOf(by, ledger.host)], ledger.host, now);
  if (!ledger.has(space)) return "";
  const claims = ledger.claimsTo(space, name).catch(() => []); // a ledger that cannot be read tells nothing
  return inTime(claims, []).then((known) => describeHolders(known, ledger.host, now));
}

async function inTime<T>(result: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), patienceMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
