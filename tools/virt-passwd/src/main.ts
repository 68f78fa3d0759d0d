import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { isUserName, readVerifiers, writeVerifiers } from "@libvirt-ts/access/passwords";
import { makeVerifier } from "@libvirt-ts/access/scram";
import { Command } from "commander";

const defaultFile = "/etc/libvirt/sasl-users";

const program = new Command("virt-passwd")
  .description("Users that may log in to libvirt's daemons by SASL (SCRAM-SHA-256).")
  .option("-f, --file <path>", "file of users", defaultFile)
  .showHelpAfterError();

program
  .command("set <user>")
  .description("add a user or change its password; the password is read from the terminal or standard input")
  .action(async (user: string) => {
    if (!isUserName(user)) throw new Error(`"${user}" cannot be the name of a user`);
    const verifier = await makeVerifier(await readPassword());
    await writeVerifiers(file(), new Map(await readVerifiers(file())).set(user, verifier));
  });

program
  .command("remove <user>")
  .description("remove a user; who is logged in stays so")
  .action(async (user: string) => {
    const users = new Map(await readVerifiers(file()));
    if (!users.delete(user)) throw new Error(`there is no user "${user}"`);
    await writeVerifiers(file(), users);
  });

program
  .command("list")
  .description("print the names of all users")
  .action(async () => {
    for (const name of (await readVerifiers(file())).keys()) console.log(name);
  });

const file = (): string => program.opts<{ file: string }>().file;

/** One line; a terminal does not show it, and asks twice. @throws Error */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return nonEmpty(await ask("", false));
  const password = nonEmpty(await ask("Password: ", true));
  if ((await ask("Again: ", true)) !== password) throw new Error("the passwords differ");
  return password;
}

function nonEmpty(password: string): string {
  if (password === "") throw new Error("an empty password");
  return password;
}

async function ask(prompt: string, isTerminal: boolean): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return "";
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write("\n");
  }
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`virt-passwd: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
