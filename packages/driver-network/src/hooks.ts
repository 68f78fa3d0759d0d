import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import {
  formatNetworkPort,
  type NetworkDef,
  type NetworkPortDef,
  writeNetwork,
} from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { runOrThrow } from "@libvirt-ts/host";
import { XmlWriter } from "@libvirt-ts/xml";
import type { NetworkDirs, NetworkHost } from "./world.ts";

/** When hooks are called, and libvirt's second word for it. */
const moments = {
  start: "begin",
  started: "begin",
  stopped: "end",
  updated: "begin",
  "port-created": "begin",
  "port-deleted": "begin",
} as const;
export type HookMoment = keyof typeof moments;

/** The administrator's programs: `hooks/network`, then those of `hooks/network.d` in order of their names. */
export class NetworkHooks {
  readonly #host: NetworkHost;
  readonly #folder: string;

  constructor(host: NetworkHost, dirs: Pick<NetworkDirs, "hooks">) {
    this.#host = host;
    this.#folder = dirs.hooks;
  }

  /** What must not go on if a hook says no. @throws VirError HOOK_SCRIPT_FAILED */
  async ask(moment: HookMoment, def: NetworkDef, port?: NetworkPortDef): Promise<void> {
    const programs = await this.#programs();
    if (programs.length === 0) return;
    const input = hookData(def, port);
    for (const program of programs) {
      try {
        await runOrThrow(this.#host.run, program, [def.name, moment, moments[moment], "-"], { input });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new VirError(ErrorDomain.HOOK, ErrorCode.HOOK_SCRIPT_FAILED, why, { cause });
      }
    }
  }

  /** What has happened in any case. */
  async tell(moment: HookMoment, def: NetworkDef, port?: NetworkPortDef): Promise<void> {
    try {
      await this.ask(moment, def, port);
    } catch (error) {
      this.#host.log.warn({ err: error, network: def.name, moment }, "a hook failed");
    }
  }

  async #programs(): Promise<string[]> {
    const folder = `${this.#folder}/network.d`;
    const names = await readdir(folder).catch(noneIfMissing);
    const candidates = [`${this.#folder}/network`, ...names.sort().map((name) => `${folder}/${name}`)];
    const found = await Promise.all(candidates.map(isExecutable));
    return candidates.filter((_path, index) => found[index]);
  }
}

function noneIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false, // not there, or not meant to be run
  );
}

function hookData(def: NetworkDef, port: NetworkPortDef | undefined): string {
  const writer = new XmlWriter(1);
  writeNetwork(def, writer);
  const portText = port ? formatNetworkPort(port).replace(/^(?=.)/gm, "  ") : "";
  return `<hookData>\n${writer}${portText}</hookData>\n`;
}
