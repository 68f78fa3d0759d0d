import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** libvirt's priorities: 1 debug, 2 info, 3 warning, 4 error. */
export type Priority = 1 | 2 | 3 | 4;

/** Messages of matching modules are logged from `priority` on. */
export interface LogFilter {
  readonly priority: Priority;
  /** Shell pattern or plain word; matches anywhere in the module name. */
  readonly match: string;
}

/**
 * Reads `log_filters`: `LEVEL:MODULE` separated by blanks, for example `1:qemu 3:rpc`.
 * @throws VirError NONE/INVALID_ARG naming the bad entry
 */
export function parseFilters(text: string): LogFilter[] {
  return words(text).map((word) => {
    const [, level = "", match = ""] =
      /^([^:]+):\+?\**(.*?)\**$/.exec(word) ?? bad(`Malformed format for filter '${word}'`);
    if (/:\+?$/.test(word)) bad(`Invalid match string '${word.slice(word.indexOf(":") + 1)}'`);
    return { priority: priority(level) ?? bad(`Invalid priority '${level}' for filter '${word}'`), match };
  });
}

/** One place messages go to. */
export type LogOutput = { readonly priority: Priority } & (
  | { readonly to: "stderr" }
  | { readonly to: "file"; readonly path: string }
  | { readonly to: "syslog"; readonly name: string }
  | { readonly to: "journald" }
);

/** Whether a destination has a third part. */
const destinations: Readonly<Record<string, boolean>> = {
  stderr: false,
  journald: false,
  file: true,
  syslog: true,
};

/**
 * Reads `log_outputs`: `LEVEL:stderr`, `LEVEL:file:PATH`, `LEVEL:syslog:NAME`, `LEVEL:journald`.
 * @throws VirError NONE/INVALID_ARG naming the bad entry
 */
export function parseOutputs(text: string): LogOutput[] {
  return words(text).map((word) => {
    const [, level = "", to = "", rest = ""] =
      /^([^:]+):([^:]+)(?::(.+))?$/.exec(word) ?? bad(`Malformed format for log output '${word}'`);
    const hasRest = destinations[to] ?? bad(`Invalid log destination '${to}' for log output '${word}'`);
    const from = priority(level) ?? bad(`Invalid log priority '${level}' for log output '${word}'`);
    if (hasRest !== (rest !== ""))
      bad(`Log output '${word}' does not meet the format requirements for destination type '${to}'`);
    if (to === "file") return { priority: from, to, path: rest.startsWith("/") ? rest : `/${rest}` };
    if (to === "syslog") return { priority: from, to, name: rest };
    return { priority: from, to: to === "stderr" ? "stderr" : "journald" };
  });
}

/** As libvirt shows them: `1:*qemu* 3:*rpc*`. */
export function formatFilters(filters: readonly LogFilter[]): string {
  return filters.map(({ priority: from, match }) => `${from}:*${match && `${match}*`}`).join(" ");
}

export function formatOutputs(outputs: readonly LogOutput[]): string {
  return outputs.map(formatOutput).join(" ");
}

export function formatOutput(output: LogOutput): string {
  if (output.to === "file") return `${output.priority}:file:${output.path}`;
  if (output.to === "syslog") return `${output.priority}:syslog:${output.name}`;
  return `${output.priority}:${output.to}`;
}

/** @returns a function giving the priority from which messages of a module are logged; the first match decides */
export function filterFor(filters: readonly LogFilter[], initial: Priority): (mod: string) => Priority {
  const rows = filters.map((filter) => ({ test: globAnywhere(filter.match), priority: filter.priority }));
  return (mod) => rows.find((row) => row.test.test(mod))?.priority ?? initial;
}

function globAnywhere(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(source);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function priority(text: string): Priority | undefined {
  return ([1, 2, 3, 4] as const).find((level) => String(level) === text);
}

function bad(what: string): never {
  throw new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, what);
}
