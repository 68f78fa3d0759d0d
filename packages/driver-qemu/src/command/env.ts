import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { DeviceContext } from "../device/parts.ts";

/** Variables QEMU inherits, in this order, if we have them ourselves. */
const inherited = ["PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "HOME", "USER", "LOGNAME", "TMPDIR"] as const;

/** The whole environment of a guest's process: nothing else is handed down. */
export function environment(def: DomainDef, context: DeviceContext): [string, string][] {
  const { host, paths, privileged } = context;
  const env: [string, string][] = [["LC_ALL", "C"]];
  for (const name of inherited) {
    // A privileged guest's home is its own folder: nothing of root's may be read or written.
    const value = name === "HOME" && privileged ? paths.domain : host.env[name];
    if (value !== undefined) env.push([name, value]);
  }
  if (privileged) {
    env.push(["XDG_DATA_HOME", `${paths.domain}/.local/share`]);
    env.push(["XDG_CACHE_HOME", `${paths.domain}/.cache`]);
    env.push(["XDG_CONFIG_HOME", `${paths.domain}/.config`]);
  }
  clockEnv(def, env);
  audioEnv(def, context, env);
  displayEnv(def, context, env);
  for (const { name, value } of def.qemuCommandline?.envs ?? []) env.push([name, value ?? ""]);
  return env;
}

function clockEnv({ clock }: DomainDef, env: [string, string][]) {
  if (clock.offset === "timezone" && clock.timezone !== undefined) env.push(["TZ", clock.timezone]);
}

function audioEnv({ devices }: DomainDef, { host }: DeviceContext, env: [string, string][]) {
  for (const audio of devices.audios) {
    if (audio.type === "sdl" && audio.driver !== undefined) {
      env.push(["SDL_AUDIODRIVER", audio.driver]);
    }
    if (audio.type === "pipewire") {
      const dir = audio.runtimeDir ?? host.env.PIPEWIRE_RUNTIME_DIR;
      if (dir !== undefined) env.push(["PIPEWIRE_RUNTIME_DIR", dir]);
      for (const name of ["PIPEWIRE_CORE", "PIPEWIRE_REMOTE"]) {
        const value = host.env[name];
        if (value !== undefined) env.push([name, value]);
      }
    }
  }
}

function displayEnv({ devices }: DomainDef, { settings }: DeviceContext, env: [string, string][]) {
  for (const graphics of devices.graphics) {
    switch (graphics.type) {
      case "vnc":
        if (settings.vncSasl && settings.vncSaslDir !== "") env.push(["SASL_CONF_PATH", settings.vncSaslDir]);
        break;
      case "spice":
        if (settings.spiceSasl && settings.spiceSaslDir !== "")
          env.push(["SASL_CONF_PATH", settings.spiceSaslDir]);
        break;
      case "sdl":
        if (graphics.xauth !== undefined) env.push(["XAUTHORITY", graphics.xauth]);
        if (graphics.display !== undefined) env.push(["DISPLAY", graphics.display]);
        break;
    }
  }
}
