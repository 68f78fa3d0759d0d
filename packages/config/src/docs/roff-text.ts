/**
 * Running text for a man page: `word` in backticks becomes bold; what roff would take for a command does not.
 * @returns lines without an end of line at the end
 */
export function roffText(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/`([^`]*)`/g, "\\fB$1\\fR")
    .replace(/^([.'])/gm, "\\&$1");
}
