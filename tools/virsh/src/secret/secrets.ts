import { readFile } from "node:fs/promises";
import { SecretDefineFlags, SecretUsageType, ConnectListAllSecretsFlags as Which } from "@libvirt-ts/api";
import { arg, doing, flag, named, ShellError, text } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { failedCall, readText } from "../support/files.ts";
import { findSecret } from "../support/lookup.ts";
import { exclusive, flagsOf, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";

export const secretDefine = command("secret-define", {
  help: "define a secret, or change its definition",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? SecretDefineFlags.VALIDATE : 0;
    const secret = await doing(
      `Failed to set attributes from ${file}`,
      connect.secretDefineXml({ xml, flags }),
    );
    out.done(`Secret ${secret.uuidText} created`);
  },
});

export const secretDumpxml = command("secret-dumpxml", {
  help: "show the XML of a secret",
  options: { secret: arg("UUID of the secret"), ...xpathView },
  async run({ secret: name, xpath, wrap }, { connect, out }) {
    const secret = await findSecret(connect, name);
    showXml(out, await secret.getXmlDesc(), { xpath, wrap });
  },
});

export const secretGetValue = command("secret-get-value", {
  help: "show the value of a secret",
  options: { secret: arg("UUID of the secret"), plain: flag("not in base64") },
  async run({ secret: name, plain }, { connect, out }) {
    const secret = await findSecret(connect, name);
    const value = Buffer.from(await secret.getValue());
    // raw bytes for those who asked for them
    if (plain) out.text(value.toString("latin1"));
    else out.text(value.toString("base64"));
  },
});

export const secretList = command("secret-list", {
  help: "show secrets",
  options: {
    ephemeral: flag("those that are never stored"),
    "no-ephemeral": flag("those that are stored"),
    private: flag("those whose value cannot be read"),
    "no-private": flag("those whose value may be read"),
  },
  async run({ ephemeral, noEphemeral, private: isPrivate, noPrivate }, { connect, out }) {
    const flags = flagsOf([
      [ephemeral, Which.EPHEMERAL],
      [noEphemeral, Which.NO_EPHEMERAL],
      [isPrivate, Which.PRIVATE],
      [noPrivate, Which.NO_PRIVATE],
    ]);
    const list = doing("Failed to list secrets", connect.listAllSecrets({ flags }));
    const secrets = (await list).map((secret) => [
      secret.uuidText,
      usageText(secret.usageType) + (secret.usageType === SecretUsageType.NONE ? "" : ` ${secret.usageID}`),
    ]);
    const sorted = secrets.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
    out.table(["UUID", "Usage"], sorted);
  },
});

const usages: Readonly<Record<number, string>> = {
  [SecretUsageType.NONE]: "Unused",
  [SecretUsageType.VOLUME]: "volume",
  [SecretUsageType.CEPH]: "ceph",
  [SecretUsageType.ISCSI]: "iscsi",
  [SecretUsageType.TLS]: "tls",
  [SecretUsageType.VTPM]: "vtpm",
};
const usageText = (usage: number): string => usages[usage] ?? "unknown";
export const secretSetValue = command("secret-set-value", {
  help: "give a secret its value",
  options: {
    secret: arg("UUID of the secret"),
    file: named(text("file with the value")),
    plain: flag("not in base64"),
    interactive: flag("ask for the value"),
    base64: text("the value itself, in base64"),
  },
  async run({ secret: name, base64, file, plain, interactive }, { connect, out, shell }) {
    exclusive({ file, base64 });
    exclusive({ file, interactive });
    exclusive({ base64, interactive });
    exclusive({ base64, plain });
    const secret = await findSecret(connect, name);
    const value = await valueGiven();
    await doing("Failed to set secret value", secret.setValue({ value }));
    out.done("Secret value set");

    async function valueGiven(): Promise<Buffer> {
      if (base64 !== undefined) {
        out.error("Passing secret value as command-line argument is insecure!");
        return decoded(base64);
      }
      if (interactive) return Buffer.from(await shell.ask("Enter new value for secret: ", true));
      if (file === undefined) throw new ShellError("Input secret value is missing");
      const bytes = await readFile(file).catch((error: unknown) => {
        throw failedCall(`Failed to open file '${file}'`, error);
      });
      return plain ? bytes : decoded(bytes.toString());
    }
  },
});

function decoded(text: string): Buffer {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw new ShellError("Invalid base64 data");
  return Buffer.from(text, "base64");
}
export const secretUndefine = command("secret-undefine", {
  help: "forget a secret",
  options: { secret: arg("UUID of the secret") },
  async run({ secret: name }, { connect, out }) {
    const secret = await findSecret(connect, name);
    await doing(`Failed to delete secret ${name}`, secret.undefine());
    out.done(`Secret ${name} deleted`);
  },
});
