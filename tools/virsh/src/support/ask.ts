import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks on the terminal. @param hidden what is typed is not shown */
export async function askUser(prompt: string, hidden: boolean): Promise<string> {
  process.stdout.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? nowhere : process.stdout,
    terminal: process.stdin.isTTY === true,
  });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    if (hidden) process.stdout.write("\n");
  }
}
