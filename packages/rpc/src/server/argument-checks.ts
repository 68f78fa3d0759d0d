import { ErrorCode } from "@libvirt-ts/errors";

/** Why the public function refuses its arguments: the whole text, but for OVERFLOW, which has a heading. */
export interface Objection {
  readonly code?: ErrorCode;
  /** The function's name stands for "%s". */
  readonly text: string;
}
type Arguments = Readonly<Record<string, unknown>>;
export type ArgumentCheck = (args: Arguments) => Objection | undefined;

const flag =
  (bit: number) =>
  ({ flags }: Arguments): boolean =>
    typeof flags === "number" && (flags & bit) !== 0;

/** Of some flags, by their names, no two go together. */
const exclusive =
  (bits: Readonly<Record<string, number>>, ...pairs: readonly (readonly [string, string])[]): ArgumentCheck =>
  (args) => {
    const pair = pairs.find((names) => names.every((name) => flag(bits[name] ?? 0)(args)));
    if (pair === undefined) return undefined;
    return { text: `Flags '${pair[0]}' and '${pair[1]}' are mutually exclusive` };
  };

const impact = { VIR_DOMAIN_AFFECT_LIVE: 1, VIR_DOMAIN_AFFECT_CONFIG: 2 };
const oneImpact = exclusive(impact, ["VIR_DOMAIN_AFFECT_LIVE", "VIR_DOMAIN_AFFECT_CONFIG"]);
/** One flag means nothing without another. */
const needs =
  (bits: Readonly<Record<string, number>>, one: string, other: string): ArgumentCheck =>
  (args) =>
    flag(bits[one] ?? 0)(args) && !flag(bits[other] ?? 0)(args)
      ? { text: `Flag '${other}' is required by flag '${one}'` }
      : undefined;

const vcpuFlags = { ...impact, VIR_DOMAIN_VCPU_MAXIMUM: 4, VIR_DOMAIN_VCPU_GUEST: 8 };
const saved = exclusive({ VIR_DOMAIN_SAVE_RUNNING: 2, VIR_DOMAIN_SAVE_PAUSED: 4 }, [
  "VIR_DOMAIN_SAVE_RUNNING",
  "VIR_DOMAIN_SAVE_PAUSED",
]);
const dumped = exclusive(
  { VIR_DUMP_CRASH: 1, VIR_DUMP_LIVE: 2, VIR_DUMP_RESET: 8 },
  ["VIR_DUMP_CRASH", "VIR_DUMP_LIVE"],
  ["VIR_DUMP_CRASH", "VIR_DUMP_RESET"],
  ["VIR_DUMP_LIVE", "VIR_DUMP_RESET"],
);
const dumpFormats = 5;

const element = 2;
const isText = ({ type }: Arguments) => type === 0 || type === 1;
const isGiven = (value: unknown) => value !== null && value !== undefined;

/** What kind of metadata goes with a key and a namespace, and what with none. */
const metadataNames: ArgumentCheck = (args) => {
  const { type, uri, key, metadata } = args;
  if (isText(args)) {
    if (isGiven(uri)) return { text: "uri in %s must be NULL" };
    if (isGiven(key)) return { text: "key in %s must be NULL" };
    if (type === 1 && typeof metadata === "string" && metadata.includes("\n"))
      return { text: "metadata title can't contain newlines" };
  } else if (type === element) {
    if (!isGiven(uri)) return { text: "uri in %s must not be NULL" };
    if ("key" in args && isGiven(metadata) && !isGiven(key)) return { text: "key in %s must not be NULL" };
  }
  return undefined;
};

/** Bytes must fit what a C long holds. */
const memorySize: ArgumentCheck = ({ memory }) =>
  typeof memory === "bigint" && memory > (1n << 64n) / 1024n
    ? { code: ErrorCode.OVERFLOW, text: `input too large: ${memory}` }
    : undefined;

const atLeastZero =
  (field: string): ArgumentCheck =>
  (args) => {
    const value = args[field];
    return typeof value === "number" && value < 0
      ? { text: `${field} in %s must be zero or greater` }
      : undefined;
  };

const emptyPath: ArgumentCheck = ({ path }) =>
  path === "" ? { text: "string disk in %s must not be empty" } : undefined;
const resized: ArgumentCheck = (args) =>
  args.capacity === 0n && !flag(2)(args) && !flag(4)(args)
    ? { text: "capacity in %s cannot be zero without 'delta' or 'shrink' flags set" }
    : undefined;
const keysGiven: ArgumentCheck = (args) =>
  flag(3)(args) && Array.isArray(args.keys) && args.keys.length === 0
    ? { text: "keys in %s must not be NULL" }
    : undefined;

/** By the names of their rows; the first that objects decides. */
export const argumentChecks: Readonly<Record<string, readonly ArgumentCheck[]>> = {
  domainLookupById: [atLeastZero("id")],
  domainCoreDump: [dumped],
  domainCoreDumpWithFormat: [
    ({ dumpformat }) =>
      Number(dumpformat) >= dumpFormats
        ? { text: `dumpformat '${Number(dumpformat) | 0}' is not supported` }
        : undefined,
    dumped,
  ],
  domainSaveFlags: [saved],
  domainRestoreFlags: [saved],
  domainManagedSave: [saved],
  domainSetMemory: [memorySize],
  domainSetMaxMemory: [memorySize],
  domainSetMemoryFlags: [memorySize],
  domainSetVcpusFlags: [
    needs(vcpuFlags, "VIR_DOMAIN_VCPU_MAXIMUM", "VIR_DOMAIN_AFFECT_CONFIG"),
    exclusive(vcpuFlags, ["VIR_DOMAIN_VCPU_GUEST", "VIR_DOMAIN_AFFECT_CONFIG"]),
  ],
  domainSetMemoryStatsPeriod: [atLeastZero("period"), oneImpact],
  domainGetMemoryParameters: [oneImpact],
  domainGetBlkioParameters: [oneImpact],
  domainGetBlockIoTune: [oneImpact],
  domainGetJobStats: [
    needs(
      { VIR_DOMAIN_JOB_STATS_COMPLETED: 1, VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED: 2 },
      "VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED",
      "VIR_DOMAIN_JOB_STATS_COMPLETED",
    ),
  ],
  domainBlockPeek: [emptyPath],
  domainAuthorizedSshKeysSet: [keysGiven],
  storageVolResize: [resized],
  domainMemoryPeek: [
    exclusive({ VIR_MEMORY_VIRTUAL: 1, VIR_MEMORY_PHYSICAL: 2 }, [
      "VIR_MEMORY_VIRTUAL",
      "VIR_MEMORY_PHYSICAL",
    ]),
  ],
  domainGetBlockInfo: [emptyPath],
  domainGetCpuStats: [
    ({ startCpu, ncpus }) =>
      startCpu === -1 && ncpus !== 1 ? { text: "ncpus must be 1 when start_cpu is -1" } : undefined,
  ],
  domainGetMetadata: [oneImpact, metadataNames],
  domainSetMetadata: [metadataNames],
};
