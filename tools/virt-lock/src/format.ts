import { type HeldLock, LockChange, LockState } from "@libvirt-ts/protocol";
import { formatUuid } from "@libvirt-ts/util/uuid";

const states: Readonly<Record<number, string>> = {
  [LockState.held]: "held",
  [LockState.lost]: "LOST",
  [LockState.stale]: "stale",
  [LockState.unknown]: "unknown",
};

const changes: Readonly<Record<number, string>> = {
  [LockChange.acquired]: "acquired",
  [LockChange.released]: "released",
  [LockChange.lost]: "LOST",
  [LockChange.regained]: "regained",
};

const headings = ["STATE", "MODE", "AGE", "HOST", "DOMAIN", "PID", "RESOURCE"] as const;

/** A line for each holder, in columns. @param now milliseconds since 1970 */
export function formatTable(locks: readonly HeldLock[], now: number): string {
  const rows = locks.flatMap((lock) => {
    const holders = lock.holders.length > 0 ? lock.holders : [{ host: "", name: "", pid: undefined }];
    return holders.map(({ host, name, pid }) => [
      states[lock.state] ?? String(lock.state),
      lock.shared ? "shared" : "exclusive",
      ageOf(lock, now),
      host || "-",
      name || "-",
      pid === undefined ? "-" : String(pid),
      plain(lock.path),
    ]);
  });
  return columns([[...headings], ...rows]);
}

/** Everything about one lock. */
export function formatDetails(lock: HeldLock, now: number): string {
  const facts = [
    ["Resource", plain(lock.name)],
    ...(lock.space === "" ? [] : [["Lockspace", plain(lock.space)]]),
    ...(lock.path === lock.name ? [] : [["File", plain(lock.path)]]),
    ["State", states[lock.state] ?? String(lock.state)],
    ["Mode", lock.shared ? "shared" : "exclusive"],
    ...(lock.since === 0n
      ? []
      : [["Since", `${new Date(Number(lock.since)).toISOString()} (${ageOf(lock, now)})`]]),
    ...lock.holders.map(({ host, bootId, uuid, name, id, pid }) => [
      "Holder",
      `domain '${plain(name)}' (id ${id}, ${formatUuid(uuid)}), process ${pid}, host '${plain(host)}' (boot ${plain(bootId)})`,
    ]),
  ];
  return columns(facts.map(([key, value]) => [`${key}:`, value ?? ""]));
}

export function formatChange(change: number, lock: HeldLock, at: Date): string {
  const who = lock.holders.map(({ name, pid }) => `${plain(name) || "-"} (${pid})`).join(", ");
  return `${at.toISOString()} ${changes[change] ?? change} ${plain(lock.path)} ${who}`.trimEnd();
}

/** As JSON, for programs: numbers, names and UUIDs as text. */
export function formatJson(locks: readonly HeldLock[]): string {
  const plainLocks = locks.map((lock) => ({
    resource: lock.name,
    lockspace: lock.space || undefined,
    file: lock.path,
    state: (states[lock.state] ?? String(lock.state)).toLowerCase(),
    mode: lock.shared ? "shared" : "exclusive",
    since: lock.since === 0n ? undefined : new Date(Number(lock.since)).toISOString(),
    holders: lock.holders.map(({ uuid, ...holder }) => ({ ...holder, uuid: formatUuid(uuid) })),
  }));
  return JSON.stringify(plainLocks, null, 2);
}

function ageOf({ since }: HeldLock, now: number): string {
  if (since === 0n) return "-";
  const seconds = Math.max(0, Math.floor((now - Number(since)) / 1000));
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? units[units.length - 1] ?? ["s", 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}

const units: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** Other hosts write what we print: nothing of it may reach the terminal as a command. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "?");
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
