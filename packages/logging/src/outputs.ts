import { closeSync, openSync, writeSync } from "node:fs";
import { formatOutput, type LogOutput } from "./filters.ts";
import { formatLine, type LogRecord } from "./line.ts";

/** Where records go; `write` never throws: a full disk must not stop a daemon. */
export interface Sink {
  readonly output: LogOutput;
  write(record: LogRecord): void;
  close(): void;
}

/**
 * Opens the outputs, synchronous ones: a line is in the kernel when the log call returns.
 * @returns sinks, and a sentence for each output that could not be opened
 */
export function openSinks(outputs: readonly LogOutput[]): { sinks: Sink[]; problems: string[] } {
  const sinks: Sink[] = [];
  const problems: string[] = [];
  for (const output of outputs) {
    if (output.to === "stderr") sinks.push(fdSink(output, 2, false));
    else if (output.to === "file") {
      try {
        sinks.push(fdSink(output, openSync(output.path, "a", 0o600), true));
      } catch (error) {
        problems.push(
          `cannot open log file ${output.path}: ${error instanceof Error ? error.message : error}`,
        );
      }
    } else problems.push(`log output '${formatOutput(output)}' is not supported yet`);
  }
  return { sinks, problems };
}

function fdSink(output: LogOutput, fd: number, owned: boolean): Sink {
  return {
    output,
    write(record) {
      const line = Buffer.from(formatLine(record, process.pid), "utf8");
      try {
        for (let at = 0; at < line.length; ) at += writeSync(fd, line, at);
      } catch (error) {
        if (!isWriteProblem(error)) throw error;
      }
    },
    close() {
      if (owned) closeSync(fd);
    },
  };
}

/** A log that cannot be written (disk full, reader gone) loses the line; there is nobody left to tell. */
function isWriteProblem(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error && error.syscall === "write";
}
