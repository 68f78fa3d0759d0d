import { mkdir, readdir, readFile, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorDomain, systemError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { replaceFile } from "./replace-file.ts";

export interface ConfigDirectoryOptions {
  /** Folder of `NAME.xml`. */
  path: string;
  /** Folder of the links `NAME.xml` that mean autostart; none for status files. */
  autostartPath?: string;
  /** What the head of a file tells people to use: "edit", "net-edit". */
  editCommand: string;
  /** Error domain of failures. */
  domain: ErrorDomain;
}

export interface StoredConfig {
  name: string;
  text: string;
  autostart: boolean;
}

/** One folder of XML files, one an object, as libvirt keeps them below /etc and /run. */
export class ConfigDirectory {
  readonly #options: ConfigDirectoryOptions;

  constructor(options: ConfigDirectoryOptions) {
    this.#options = options;
  }

  file(name: string): string {
    return join(this.#options.path, `${name}.xml`);
  }

  async prepare(): Promise<void> {
    const { path, autostartPath } = this.#options;
    await mkdir(path, { recursive: true, mode: 0o711 });
    if (autostartPath !== undefined) await mkdir(autostartPath, { recursive: true, mode: 0o755 });
  }

  /** Everything stored; a file that vanishes meanwhile is left out. */
  async load(): Promise<StoredConfig[]> {
    const names = await xmlNames(this.#options.path);
    const stored = await Promise.all(names.map((name) => this.#read(name)));
    return stored.filter((config) => config !== undefined);
  }

  /**
   * @param body the XML without head comment
   * @throws VirError SYSTEM_ERROR
   */
  async save(name: string, body: string): Promise<void> {
    const { domain, editCommand } = this.#options;
    const path = this.file(name);
    await replaceFile(path, `${head(editCommand, name)}${body}`, {
      domain,
      failure: `cannot write config file '${path}'`,
    });
  }

  /** Removes file and autostart link; a missing one is fine. */
  async remove(name: string): Promise<void> {
    const path = this.file(name);
    const rc = await native.removeFiles(
      this.#options.autostartPath === undefined ? [path] : [path, this.#link(name)],
    );
    if (rc < 0) throw systemError(this.#options.domain, rc, `cannot remove config '${path}'`);
  }

  async setAutostart(name: string, on: boolean): Promise<void> {
    const link = this.#link(name);
    if (!on) {
      const rc = await native.removeFiles([link]);
      if (rc < 0) throw systemError(this.#options.domain, rc, `Failed to delete symlink '${link}'`);
      return;
    }
    try {
      await symlink(this.file(name), link);
    } catch (error) {
      if (errno(error).code === "EEXIST") return;
      throw systemError(
        this.#options.domain,
        errno(error),
        `Failed to create symlink '${link}' to '${this.file(name)}'`,
      );
    }
  }

  async #read(name: string): Promise<StoredConfig | undefined> {
    try {
      const text = await readFile(this.file(name), "utf8");
      return { name, text, autostart: await this.#isLinked(name) };
    } catch (error) {
      if (errno(error).code === "ENOENT") return undefined;
      throw systemError(this.#options.domain, errno(error), `cannot read '${this.file(name)}'`);
    }
  }

  async #isLinked(name: string): Promise<boolean> {
    if (this.#options.autostartPath === undefined) return false;
    try {
      return (await readlink(this.#link(name))) === this.file(name);
    } catch (error) {
      // A foreign file in the place of the link is not ours to judge.
      if (["ENOENT", "EINVAL"].includes(errno(error).code ?? "")) return false;
      throw error;
    }
  }

  #link(name: string): string {
    return join(this.#options.autostartPath ?? "", `${name}.xml`);
  }
}

async function xmlNames(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".xml") && !entry.name.startsWith("."))
      .map((entry) => entry.name.slice(0, -".xml".length))
      .sort();
  } catch (error) {
    if (errno(error).code === "ENOENT") return [];
    throw error;
  }
}

const errno = (error: unknown): NodeJS.ErrnoException => error as NodeJS.ErrnoException; // node:fs throws nothing else

/** The warning on top of generated files; a name with `--` in it would end the comment and is left out. */
function head(editCommand: string, name: string): string {
  const target = name.includes("--") ? "" : ` ${name}`;
  return `<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh ${editCommand}${target}
or other application using the libvirt API.
-->

`;
}
