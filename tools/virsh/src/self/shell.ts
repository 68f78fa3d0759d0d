import { homedir } from "node:os";
import { alias, anyText, flag, helpText, many, ShellError, text } from "@libvirt-ts/cli";
import { strerror } from "@libvirt-ts/errors";
import { escapeXml } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { exclusive } from "../support/options.ts";

export const cd = command("cd", {
  help: "change the folder files are read from and written to",
  offline: true,
  options: { dir: text("where to; your home if absent") },
  run({ dir }, { shell }) {
    if (!shell.isInteractive) throw new ShellError("cd: command valid only in interactive mode");
    const to = dir ?? homedir();
    try {
      process.chdir(to);
    } catch (cause) {
      throw new ShellError(`cd: ${to}: ${strerrorOf(cause)}`);
    }
  },
});

/** The system's words for what went wrong. */
function strerrorOf(error: unknown): string {
  if (error instanceof Error && "errno" in error && typeof error.errno === "number")
    return strerror(-error.errno);
  return String(error);
}
export const echo = command("echo", {
  help: "print the words, for tests of quoting",
  offline: true,
  options: {
    shell: flag("quoted for a shell"),
    xml: flag("quoted for XML"),
    split: flag("one a line"),
    err: flag("to the error output"),
    string: many("words"),
    hi: alias("string", "hello"),
    str: alias("string"),
  },
  run({ shell, xml, split, err, string }, { out }) {
    exclusive({ shell, xml });
    const quote = shell ? forShell : xml ? escapeXml : (text: string) => text;
    const text = string.map((word) => quote(word) + (split ? "\n" : "")).join(" ");
    if (err) out.error(text);
    else out.text(text);
  },
});

const forShell = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
export const exit = command("exit", {
  help: "leave this shell",
  offline: true,
  run() {},
});

export const help = command("help", {
  help: "tell of a command, or of all of them",
  offline: true,
  options: { command: text("command or group to tell of") },
  run({ command: topic }, { out, shell }) {
    out.text(helpText(shell.commands, topic));
  },
});

export const pwd = command("pwd", {
  help: "show the folder files are read from and written to",
  offline: true,
  run(_args, { out }) {
    out.line(process.cwd());
  },
});

export const quit = command("quit", {
  help: "leave this shell",
  offline: true,
  run() {},
});

export const connect = command("connect", {
  help: "connect anew, or to something else",
  offline: true,
  options: { name: anyText("URI to connect to"), readonly: flag("look only") },
  run: ({ name, readonly }, { shell }) => shell.reconnect(name, readonly),
});
