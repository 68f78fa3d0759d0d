import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** One of both shells, as the words before its arguments. */
export type Shell = readonly string[];

export const theirs: Shell = ["/usr/bin/virsh"];
export const ours: Shell = [
  process.execPath,
  fileURLToPath(new URL("../../../tools/virsh/dist/virsh.mjs", import.meta.url)),
];

export interface Answer {
  /** What it printed, errors where they came. */
  readonly text: string;
  readonly code: number | null;
}

/** Runs a shell once. @param cwd where the files are that its commands name */
export function once(
  shell: Shell,
  args: readonly string[],
  { cwd, input = "", uri = "test:///default" }: { cwd: string; input?: string; uri?: string },
): Promise<Answer> {
  const [program = "", ...first] = shell;
  // both outputs are one pipe, so that their order is seen
  const command = ["-c", 'exec "$0" "$@" 2>&1', program, ...first, "-c", uri, ...args];
  const env = { ...process.env, HOME: cwd, XDG_CACHE_HOME: cwd, LC_ALL: "C.UTF-8", TZ: "UTC", EDITOR: "cat" };
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", command, { cwd, env, timeout: 15_000 });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ text, code }));
    child.stdin.on("error", () => {}); // it may not want any
    child.stdin.end(input);
  });
}

/** The real virsh may hang for ever behind a job that ends at once: then it is asked again. */
async function untilItEnds(shell: Shell, args: readonly string[], cwd: string): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await once(shell, args, { cwd });
    if (answer.code !== null || shell !== theirs || attempt === 5) return answer;
  }
}

const mark = (at: number) => `@@${at}@@`;

/** What each of several lines prints when one process runs them all. @param options of the shell itself */
export async function session(
  shell: Shell,
  lines: readonly string[],
  { cwd, options = [] }: { cwd: string; options?: readonly string[] },
): Promise<string[]> {
  const line = lines.map((each, at) => `${each}; echo ${mark(at)}`).join("; ");
  const { text } = await untilItEnds(shell, [...options, line], cwd);
  let rest = text;
  return lines.map((each, at) => {
    const [answer = "", ...after] = rest.split(new RegExp(`${mark(at)}\n?`));
    if (after.length === 0) throw new Error(`nothing came after '${each}': ${rest.slice(0, 500)}`);
    rest = rest.slice(answer.length).replace(new RegExp(`^${mark(at)}\n?`), "");
    return answer;
  });
}
