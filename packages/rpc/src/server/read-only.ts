import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { CallRow } from "@libvirt-ts/protocol";

/** Throws what a read-only connection may not do. */
export type ReadOnlyRule = (args: unknown) => void;

/** Permissions that only look. `search_*` are too. */
const looking: ReadonlySet<string> = new Set(["getattr", "read"]);

/** Calls that need a writing permission, yet serve read-only connections: a daemon names its client by the first. */
const exempt: ReadonlySet<string> = new Set([
  "connectSetIdentity",
  "domainMigrateGetCompressionCache",
  "domainMigrateGetMaxDowntime",
  "connectDomainMonitorEventDeregister",
]);

/** Calls that need a reading permission, yet are refused. */
const refused: ReadonlySet<string> = new Set(["domainSetSchedulerParameters", "domainGetLaunchSecurityInfo"]);

/** Calls that look, but not with these flags, and how they are refused. */
const flagged: Readonly<Record<string, { bits: number; field?: string; text: string }>> = {
  domainGetXmlDesc: { bits: 1 | 8, text: "virDomainGetXMLDesc with secure flag" },
  domainSnapshotGetXmlDesc: { bits: 1, text: "virDomainSnapshotGetXMLDesc with secure flag" },
  domainManagedSaveGetXmlDesc: { bits: 1, text: "virDomainManagedSaveGetXMLDesc with secure flag" },
  domainCheckpointGetXmlDesc: { bits: 1, text: "virDomainCheckpointGetXMLDesc with secure flag" },
  domainGetVcpusFlags: { bits: 8, text: "read only access prevents virDomainGetVcpusFlags" },
  domainInterfaceAddresses: {
    bits: 1,
    field: "source",
    text: "read only access prevents virDomainInterfaceAddresses",
  },
};

/** @returns undefined if the call is open to everybody */
export function readOnlyRule(row: CallRow): ReadOnlyRule | undefined {
  if (exempt.has(row.name)) return undefined;
  const domain = apiErrorDomain(row);
  const denied = (text: string) => new VirError(domain, ErrorCode.OPERATION_DENIED, text);
  if (refused.has(row.name) || row.acl.some(isWriting)) {
    return () => {
      throw denied(`read only access prevents ${row.api ?? row.name}`);
    };
  }
  const rule = flagged[row.name];
  if (rule === undefined) return undefined;
  const { bits, field = "flags", text } = rule;
  return (args) => {
    const value: unknown = Reflect.get(Object(args), field);
    if (typeof value === "number" && (value & bits) !== 0) throw denied(text);
  };
}

/** `object:permission` without a condition, of a permission that does not only look. */
function isWriting(rule: string): boolean {
  const [, permission = "", ...conditions] = rule.split(":");
  return conditions.length === 0 && !looking.has(permission) && !permission.startsWith("search_");
}

/** The error domain of the public function behind a call: that of the file it is in. */
export function apiErrorDomain(row: Pick<CallRow, "api" | "conn">): ErrorDomain {
  const { api = "", conn } = row;
  if (/^vir(Domain|ConnectDomain)(Qemu|Lxc)/.test(api)) return ErrorDomain.NONE;
  if (/^virNodeDevice/.test(api)) return ErrorDomain.NODEDEV;
  if (conn !== undefined && conn !== "hypervisor") return domainOfConnection[conn];
  if (/Snapshot/.test(api)) return ErrorDomain.DOMAIN_SNAPSHOT;
  if (/Checkpoint/.test(api)) return ErrorDomain.DOMAIN_CHECKPOINT;
  return conn === undefined ? ErrorDomain.NONE : ErrorDomain.DOMAIN; // also what is about the host
}

const domainOfConnection = {
  network: ErrorDomain.NETWORK,
  storage: ErrorDomain.STORAGE,
  nodedev: ErrorDomain.NODEDEV,
  interface: ErrorDomain.INTERFACE,
  nwfilter: ErrorDomain.NWFILTER,
  secret: ErrorDomain.SECRET,
};
