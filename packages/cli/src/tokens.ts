import { ShellError } from "./shell-error.ts";

/** A word, or the end of one command of several. */
export type Token = { readonly word: string } | "end";

/**
 * Takes a line apart: words at blanks, commands at ";" and at line ends. Quotes of both kinds and "\" keep blanks;
 * "#" at the begin of a word makes the rest of the line a comment.
 * @throws ShellError on a double quote that is not closed (a single one ends with the line), or a "\" with nothing behind it
 */
export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === " " || char === "\t") at++;
    else if (char === ";" || char === "\n") {
      tokens.push("end");
      at++;
    } else if (char === "#") at = endOfLine(line, at);
    else {
      const { word, next } = wordAt(line, at);
      tokens.push({ word });
      at = next;
    }
  }
  return tokens;
}

function endOfLine(line: string, from: number): number {
  const end = line.indexOf("\n", from);
  return end < 0 ? line.length : end;
}

function wordAt(line: string, from: number): { word: string; next: number } {
  let word = "";
  let quote = "";
  let at = from;
  for (; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote === "" && /[ \t\n;]/.test(char)) break;
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === "\\" && quote !== "'") {
      at++;
      if (at >= line.length) throw new ShellError("dangling \\");
      word += line.charAt(at);
    } else word += char;
  }
  if (quote === '"') throw new ShellError('missing "');
  return { word, next: at };
}

/** Words that a real shell has taken apart already. */
export const tokensOfWords = (words: readonly string[]): Token[] => words.map((word) => ({ word }));
