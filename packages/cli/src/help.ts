import { type Command, type Commands, type Group, realOptions } from "./command.ts";
import type { Option } from "./option.ts";
import { ShellError } from "./shell-error.ts";

type Shown = Pick<Command<never>, "name" | "help" | "about" | "options">;

/** What `help` says: about a command, a group, or all of them. @throws ShellError if there is no such thing */
export function helpText<C>(commands: Commands<C>, topic?: string): string {
  if (topic === undefined) return `Grouped commands:\n\n${commands.groups.map(groupText).join("")}`;
  const group = commands.groups.find(({ keyword, title }) => topic === keyword || topic === title);
  if (group !== undefined) return groupText(group);
  const command = commands.find(topic);
  if (command === undefined) throw new ShellError(`command or command group '${topic}' doesn't exist`);
  return commandText(command);
}

function groupText<C>({ title, keyword, commands }: Group<C>): string {
  const lines = commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, help }) => `    ${name.padEnd(30)} ${help}\n`);
  return ` ${title} (help keyword '${keyword}'):\n${lines.join("")}\n`;
}

function commandText(command: Shown): string {
  const options = realOptions(command);
  const about = command.about === undefined ? "" : `\n  DESCRIPTION\n    ${command.about}\n`;
  const rows = options.map(([name, option], at) => {
    const form = optionForm(name, option, hasValueBefore(options, at));
    return `    ${form.padEnd(15)}  ${option.doc}\n`;
  });
  const list = rows.length === 0 ? "" : `\n  OPTIONS\n${rows.join("")}`;
  return `  NAME\n    ${command.name} - ${command.help}\n\n  SYNOPSIS\n    ${synopsis(command)}\n${about}${list}\n`;
}

/** "list [--all] …" */
export function synopsis(command: Shown): string {
  const options = realOptions(command);
  const words = options.map(([name, option], at) => synopsisWord(name, option, hasValueBefore(options, at)));
  return [command.name, ...words].join(" ");
}

/** What takes all that is left need not be named if nothing else could be meant. */
const hasValueBefore = (options: [string, Option<unknown, never>][], at: number): boolean =>
  options.slice(0, at).some(([, { kind }]) => kind !== "flag");

const typeOf = ({ kind }: Option<unknown, never>) => (kind === "number" ? "number" : "string");

function synopsisWord(name: string, option: Option<unknown, never>, byName: boolean): string {
  if (option.kind === "flag") return `[--${name}]`;
  if (option.kind !== "many") return option.required ? `<${name}>` : `[--${name} <${typeOf(option)}>]`;
  if (!byName) return option.required ? `<${name}>...` : `[<${name}>]...`;
  return option.required ? `{[--${name}] <string>}...` : `[[--${name}] <string>]...`;
}

function optionForm(name: string, option: Option<unknown, never>, byName: boolean): string {
  if (option.kind === "flag") return `--${name}`;
  if (option.kind === "many") return byName ? `[--${name}] <string>` : `<${name}>`;
  const type = `<${typeOf(option)}>`;
  return option.required ? `[--${name}] ${type}` : `--${name} ${type}`;
}
