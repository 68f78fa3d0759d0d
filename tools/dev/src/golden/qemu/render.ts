import type { CommandLine } from "@libvirt-ts/driver-qemu/command";

const bare = /^[^\r\t\n !"#$&'()*;<>?[\\\]^`{|}~]+$/;

const quote = (text: string): string =>
  text === "" ? "''" : bare.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A command as expected files show it: one option a line (README §3). */
export function renderCommand({ env, program, args }: Pick<CommandLine, "env" | "program" | "args">): string {
  let text = env.map(([name, value]) => `${name}=${quote(value)} \\\n`).join("") + quote(program);
  const isOption = args.map((arg) => arg.startsWith("-"));
  for (const [i, arg] of args.entries()) {
    const seen = isOption.slice(0, i).includes(true);
    const stays =
      !isOption[i] &&
      seen &&
      isOption.slice(i - 1).includes(true) &&
      (isOption[i - 1] || isOption.slice(i).includes(true));
    text += stays ? ` ${quote(arg)}` : ` \\\n${quote(arg)}`;
  }
  return `${text}\n`;
}
