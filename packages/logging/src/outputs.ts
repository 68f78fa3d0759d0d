import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { ErrorDomain, systemError, type VirError } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";
import type { LogOutput } from "./filters.ts";
import { journalEntry } from "./journal.ts";
import { formatLine, type LogRecord } from "./line.ts";
import { syslogMessage } from "./syslog.ts";

/** Where records go; `write` never throws: a full disk must not stop a daemon. */
export interface Sink {
  readonly output: LogOutput;
  write(record: LogRecord): void;
  close(): void;
}

/** Where the log services listen. */
export interface SinkHost {
  readonly native: Pick<Native, "sendDatagram">;
  readonly journal: string;
  readonly syslog: string;
  readonly pid: number;
}

export function systemSinks(native: SinkHost["native"]): SinkHost {
  return { native, journal: "/run/systemd/journal/socket", syslog: "/dev/log", pid: process.pid };
}

/**
 * Opens the outputs, synchronous ones: a line is in the kernel when the log call returns.
 * @param name of the program, for the journal
 * @returns sinks, and why others could not be opened
 */
export function openSinks(
  outputs: readonly LogOutput[],
  name: string,
  host: SinkHost,
): { sinks: Sink[]; problems: VirError[] } {
  const sinks: Sink[] = [];
  const problems: VirError[] = [];
  for (const output of outputs) {
    const [what, path] = target(output, host);
    try {
      sinks.push(openSink(output, name, host));
    } catch (error) {
      // the file system calls below throw nothing else
      problems.push(
        systemError(ErrorDomain.NONE, error as NodeJS.ErrnoException, `failed to ${what} ${path}`),
      );
    }
  }
  return { sinks, problems };
}

function target(output: LogOutput, host: SinkHost): [what: string, path: string] {
  if (output.to === "file") return ["open", output.path];
  if (output.to === "journald") return ["reach", host.journal];
  return ["reach", output.to === "syslog" ? host.syslog : "stderr"];
}

function openSink(output: LogOutput, name: string, host: SinkHost): Sink {
  if (output.to === "stderr") return fdSink(output, 2, host.pid);
  if (output.to === "file") return fdSink(output, openSync(output.path, "a", 0o600), host.pid);
  const socket = output.to === "journald" ? host.journal : host.syslog;
  statSync(socket);
  const encode =
    output.to === "journald"
      ? (record: LogRecord) => journalEntry(record, name, host.pid)
      : (record: LogRecord) => syslogMessage(record, output.name, host.pid);
  return {
    output,
    write(record) {
      host.native.sendDatagram(socket, encode(record)); // a log service that is gone or busy loses the line
    },
    close() {},
  };
}

function fdSink(output: LogOutput, fd: number, pid: number): Sink {
  return {
    output,
    write(record) {
      const line = Buffer.from(formatLine(record, pid), "utf8");
      try {
        for (let at = 0; at < line.length; ) at += writeSync(fd, line, at);
      } catch (error) {
        if (!isWriteProblem(error)) throw error;
      }
    },
    close() {
      if (output.to === "file") closeSync(fd);
    },
  };
}

/** A log that cannot be written (disk full, reader gone) loses the line; there is nobody left to tell. */
function isWriteProblem(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error && error.syscall === "write";
}
