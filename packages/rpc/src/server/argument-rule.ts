import { ErrorCode, VirError } from "@libvirt-ts/errors";
import type { CallRow } from "@libvirt-ts/protocol";
import { type ArgumentCheck, argumentChecks } from "./argument-checks.ts";
import { parameterRule } from "./parameter-rule.ts";
import { apiErrorDomain } from "./read-only.ts";
import { roomRule } from "./room-rule.ts";

type Check = (args: unknown) => void;

/** Throws what is refused before any driver sees it. */
export interface ArgumentRule {
  /** Looked at before whether the client may only read. */
  readonly first: readonly Check[];
  /** And after that: what the public function refuses. */
  readonly then: readonly Check[];
}

const NULL = "must not be NULL";
const zero = "must not be zero";
const positive = "must be greater than zero";

interface Refusal {
  /** The argument on the wire. Nothing, an empty list and zero are refused. */
  readonly field: string;
  /** The parameter as errors name it. */
  readonly parameter: string;
  readonly text: string;
  readonly isFirst?: true;
}

const refusals: Readonly<Record<string, Refusal>> = {
  connectBaselineCpu: { field: "xmlCPUs", parameter: "xmlCPUs", text: NULL },
  connectBaselineHypervisorCpu: { field: "xmlCPUs", parameter: "xmlCPUs", text: NULL, isFirst: true },
  nodeGetCellsFreeMemory: { field: "maxcells", parameter: "maxCells", text: positive },
  nodeGetFreePages: { field: "pages", parameter: "npages", text: zero },
  domainRename: { field: "newName", parameter: "new_name", text: NULL, isFirst: true },
  domainSetLaunchSecurityState: { field: "params", parameter: "params", text: NULL, isFirst: true },
  domainGetVcpus: { field: "maxinfo", parameter: "info", text: NULL },
  domainPinVcpu: { field: "cpumap", parameter: "cpumap", text: NULL },
  domainPinVcpuFlags: { field: "cpumap", parameter: "cpumap", text: NULL },
  domainPinEmulator: { field: "cpumap", parameter: "cpumap", text: NULL },
  domainPinIothread: { field: "cpumap", parameter: "cpumap", text: NULL },
  domainGetVcpuPinInfo: { field: "ncpumaps", parameter: "ncpumaps", text: positive },
  domainGetEmulatorPinInfo: { field: "maplen", parameter: "cpumap", text: NULL },
  domainSetMaxMemory: { field: "memory", parameter: "memory", text: zero },
  domainSetMemory: { field: "memory", parameter: "memory", text: zero },
  domainSetMemoryFlags: { field: "memory", parameter: "memory", text: zero },
  domainSetVcpus: { field: "nvcpus", parameter: "nvcpus", text: zero },
  domainSetVcpusFlags: { field: "nvcpus", parameter: "nvcpus", text: zero },
  domainGetSchedulerParameters: { field: "nparams", parameter: "params", text: NULL },
  domainGetSchedulerParametersFlags: { field: "nparams", parameter: "params", text: NULL },
  domainSetSchedulerParameters: { field: "params", parameter: "params", text: NULL },
  domainSetSchedulerParametersFlags: { field: "params", parameter: "params", text: NULL },
  domainSetMemoryParameters: { field: "params", parameter: "params", text: NULL },
  domainSetNumaParameters: { field: "params", parameter: "params", text: NULL },
  domainSetInterfaceParameters: { field: "params", parameter: "params", text: NULL },
  domainSetPerfEvents: { field: "params", parameter: "params", text: NULL },
  domainSetIothreadParams: { field: "params", parameter: "params", text: NULL },
  domainSetBlkioParameters: { field: "params", parameter: "params", text: NULL },
  domainSetBlockIoTune: { field: "params", parameter: "nparams", text: positive },
  domainDelIothread: { field: "iothreadId", parameter: "iothread_id", text: zero },
  domainSendKey: { field: "keycodes", parameter: "keycodes", text: NULL },
  domainSendProcessSignal: { field: "pidValue", parameter: "pid_value", text: zero, isFirst: true },
  domainSetUserPassword: { field: "user", parameter: "user", text: NULL },
  domainAttach: { field: "pidValue", parameter: "pid_value", text: zero, isFirst: true },
  secretSetValue: { field: "value", parameter: "value", text: NULL },
};

/** @returns undefined if anything is taken */
export function argumentRule(row: CallRow): ArgumentRule | undefined {
  const [room, names] = [roomRule(row), parameterRule(row)];
  const refusal = refusals[row.name];
  const mustBe = refusal && [required(row, refusal)];
  const checks = (argumentChecks[row.name] ?? []).map((check) => objecting(row, check));
  const first = [
    ...(room ? [room] : []),
    ...(names ? [names] : []),
    ...(refusal?.isFirst ? (mustBe ?? []) : []),
  ];
  const then = [...(refusal?.isFirst ? [] : (mustBe ?? [])), ...checks];
  return first.length + then.length > 0 ? { first, then } : undefined;
}

function required(row: CallRow, { field, parameter, text }: Refusal): Check {
  const api = row.api ?? row.name;
  const message = `${parameter} in ${api} ${text}`;
  return (args) => {
    if (isNothing(Reflect.get(Object(args), field), text === positive))
      throw invalid(row, message, { str1: api, str2: parameter });
  };
}

function objecting(row: CallRow, check: ArgumentCheck): Check {
  const api = row.api ?? row.name;
  return (args) => {
    const objection = check(Object(args));
    if (objection === undefined) return;
    const { code, text } = objection;
    if (code !== undefined) throw new VirError(apiErrorDomain(row), code, text);
    throw invalid(row, text.replace("%s", api), { str1: api });
  };
}

const invalid = (row: CallRow, message: string, more: { str1: string; str2?: string }) =>
  new VirError(apiErrorDomain(row), ErrorCode.INVALID_ARG, message, { message, ...more, int1: 0, int2: 0 });

function isNothing(value: unknown, orLess: boolean): boolean {
  if (typeof value === "number") return orLess ? value <= 0 : value === 0;
  if (typeof value === "bigint") return value === 0n;
  return value === null || (Array.isArray(value) || value instanceof Uint8Array ? value.length === 0 : false);
}
