import { isWide, isZeroWidth } from "./width.ts";

/**
 * Columns as wide as their widest cell, two blanks between them, a line under the headers.
 * @param withHeader false: the rows alone
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  withHeader = true,
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = header.map((title, column) =>
    Math.max(withHeader ? widthOf(title) : 0, ...cells.map((row) => widthOf(row[column] ?? ""))),
  );
  const line = (row: readonly string[]) => {
    const padded = row.map((cell, column) => {
      const isLast = column === row.length - 1;
      return ` ${cell}${isLast ? "" : " ".repeat((widths[column] ?? 0) - widthOf(cell) + 2)}`;
    });
    return `${padded.join("")}\n`;
  };
  const rule = `${"-".repeat(widths.reduce((sum, width) => sum + width + 3, 0))}\n`;
  return (withHeader ? line(header) + rule : "") + cells.map(line).join("");
}

/** Characters that would spoil the table are shown as escapes of their bytes. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** How many places of a terminal a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    width += isZeroWidth(char) ? 0 : isWide(code) ? 2 : 1;
  }
  return width;
}
