import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ShellError } from "@libvirt-ts/cli";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Context, ShellControl } from "../context.ts";

/**
 * Lets the user change a text in an editor.
 * @returns what it says then; undefined if nothing was changed
 */
export async function editText(text: string, shell: ShellControl): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), "virsh-"));
  const path = join(dir, "edited.xml");
  try {
    await writeFile(path, text, { mode: 0o600 });
    await runEditor(path, shell);
    const edited = await readFile(path, "utf8");
    return edited === text ? undefined : edited;
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** VISUAL and EDITOR may have arguments of their own. */
async function runEditor(path: string, { env }: ShellControl): Promise<void> {
  const [program = "vi", ...args] = (env.VISUAL || env.EDITOR || "vi").split(/\s+/);
  const child = spawn(program, [...args, path], { stdio: "inherit" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === 0) return;
  const detail = `Child process (${[program, ...args, path].join(" ")}) unexpected exit status ${code}`;
  throw new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, detail);
}

interface Edit {
  /** "Domain 'test'" */
  readonly what: string;
  get(): Promise<string>;
  set(xml: string): Promise<unknown>;
  /** Behind `what`, when it was changed; default: "XML configuration edited." */
  readonly edited?: string;
  /** The whole of what is said when it was not changed. */
  readonly saidUnchanged?: string;
}

/** Gets XML, lets it be changed and puts it back. What the daemon refuses may be changed again. */
export async function edit(
  { out, shell }: Context,
  { what, get, set, edited, saidUnchanged }: Edit,
): Promise<void> {
  const before = await get();
  let xml = await editText(before, shell);
  if (xml === undefined) {
    out.extra(`${saidUnchanged ?? `${what} XML configuration not changed.`}\n`);
    return;
  }
  for (;;) {
    if ((await get()) !== before)
      throw new ShellError("ERROR: the XML configuration was changed by another user");
    try {
      await set(xml);
      break;
    } catch (error) {
      if (!(error instanceof VirError) || process.stdin.isTTY !== true) throw error;
      out.error(error.message);
      const answer = await shell.ask("Failed. Try again? [y,n]: ");
      if (!/^y/i.test(answer)) throw new ShellError("");
      xml = (await editText(xml, shell)) ?? xml;
    }
  }
  out.extra(`${what} ${edited ?? "XML configuration edited."}\n`);
}

/** What the next start uses, from drivers that do not tell it apart too. */
export async function inactiveXml(
  get: (flags: number) => Promise<string>,
  inactive: number,
): Promise<string> {
  try {
    return await get(inactive);
  } catch (error) {
    if (error instanceof VirError && error.code === ErrorCode.INVALID_ARG) return get(0);
    throw error;
  }
}
