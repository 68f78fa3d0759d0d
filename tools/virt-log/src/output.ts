import { once } from "node:events";
import type { LogInfo, LogLine, Panic } from "@libvirt-ts/log-manager/reading";
import { formatUuid } from "@libvirt-ts/util/uuid";

/** Writes, and waits while whoever reads is slow. */
export async function put(data: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, "drain");
}

export const putJson = (value: unknown): Promise<void> => put(`${JSON.stringify(value)}\n`);

const markText: Record<Exclude<LogLine["kind"], "line">, string> = {
  session: "-- the guest starts --",
  dropped: "-- output was dropped here --",
  gone: "-- older output is gone --",
};

/** A line as people read it. */
export function formatLine({ kind, time, text }: LogLine, timestamps: boolean): string {
  const shown = kind === "line" ? text : markText[kind];
  return timestamps ? `[${time.toISOString()}] ${shown}\n` : `${shown}\n`;
}

export function lineJson({ kind, time, text }: LogLine) {
  return kind === "line" ? { time, text } : { time, mark: kind };
}

export function infoJson({ path, driver, dom, isOpen, problem, dropped, size, modified }: LogInfo) {
  return {
    path,
    driver,
    domain: dom.name,
    uuid: formatUuid(dom.uuid),
    open: isOpen,
    size: Number(size),
    modified: new Date(Number(modified)),
    dropped: Number(dropped),
    ...(problem && { problem }),
  };
}

export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

export function formatPanic({ kind, time, title, lines }: Panic): string {
  return `${time.toISOString()} ${kind}: ${title}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}
