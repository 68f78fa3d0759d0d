import type { ChardevSource } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { OptionValue } from "../command/text.ts";
import { type DeviceContext, objectPart, type Part } from "./parts.ts";
import { secretProps, tlsCredsProps } from "./secret.ts";

type Options = [key: string, value: OptionValue][];

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/**
 * The host end of a character device.
 * @param id of the chardev, e.g. `charserial0`; the device's alias follows `char`
 */
export function chardevParts(id: string, source: ChardevSource, context: DeviceContext): Part[] {
  const { resources, fds } = context;
  const parts: Part[] = [];
  const alias = id.replace(/^char/, "");
  const fdset = (fd: number, suffix: string) => {
    const made = fds.set(fd, `${alias}-${suffix}`);
    parts.push(made.part);
    return made.path;
  };
  const options: Options = [];
  let backend: string;
  switch (source.type) {
    case "null":
    case "vc":
    case "pty":
    case "stdio":
      backend = source.type;
      break;
    case "dev": {
      const path = source.source?.path;
      backend = alias.startsWith("parallel") ? "parallel" : "serial";
      options.push(["path", path]);
      break;
    }
    case "file": {
      backend = "file";
      const path = context.passFds ? fdset(resources.chardevFile(alias), "source") : source.source?.path;
      options.push(
        ["path", path], // Who opened the file has cut it already if that was wanted.
        ["append", context.passFds ? true : source.source?.append],
      );
      break;
    }
    case "pipe":
      backend = "pipe";
      options.push(["path", source.source?.path]);
      break;
    case "udp": {
      const { connectHost, connectService, bindHost, bindService } = source.ends ?? {};
      backend = "udp";
      options.push(["host", connectHost], ["port", connectService]);
      options.push(["localaddr", bindHost ?? ""], ["localport", bindService ?? "0"]);
      if (connectHost === undefined) options[0] = ["host", ""];
      break;
    }
    case "tcp": {
      const tcp = source.source;
      backend = "socket";
      if (tcp === undefined) throw unsupported("missing source of tcp chardev");
      const listens = tcp.mode === "bind";
      options.push(
        ["host", tcp.host],
        ["port", tcp.service],
        ["telnet", source.protocol === "telnet" ? true : undefined],
      );
      if (listens) options.push(["server", true], ["wait", false]);
      else options.push(...reconnectOptions(tcp.reconnect, context));
      if (wantsTls(source, context)) options.push(["tls-creds", tlsParts(id, listens, parts, context)]);
      break;
    }
    case "unix": {
      backend = "socket";
      const unix = source.source;
      if (unix?.mode === "bind") {
        if (context.passFds) options.push(["fd", fds.use(resources.chardevListen(alias))]);
        else options.push(["path", unix.path]);
        options.push(["server", true], ["wait", false]);
      } else options.push(["path", unix?.path], ...reconnectOptions(unix?.reconnect, context));
      break;
    }
    case "spicevmc":
      backend = "spicevmc";
      options.push(["name", spiceName(id)]);
      break;
    case "spiceport":
      backend = "spiceport";
      options.push(["name", source.source?.channel]);
      break;
    case "dbus":
      backend = "dbus";
      options.push(["name", source.source?.channel]);
      break;
    case "qemu-vdagent":
      backend = "qemu-vdagent";
      options.push(["name", "vdagent"], ["clipboard", source.source?.clipboard]);
      options.push([
        "mouse",
        source.source?.mouse === undefined ? undefined : source.source.mouse === "client",
      ]);
      break;
    default:
      throw unsupported(`unsupported chardev '${source.type}'`);
  }
  if (source.log !== undefined) {
    const file = context.passFds ? fdset(resources.chardevLog(alias), "log") : source.log.file;
    options.push(["logfile", file], ["logappend", context.passFds ? true : source.log.append]);
  }
  parts.push({ kind: "chardev", id, backend, options });
  return parts;
}

const spiceName = (id: string) =>
  id.startsWith("charredir") ? "usbredir" : id.startsWith("charsmartcard") ? "smartcard" : "vdagent";

function reconnectOptions(
  reconnect: { enabled?: boolean | undefined; timeout?: number | undefined } | undefined,
  { caps }: DeviceContext,
): Options {
  if (reconnect?.enabled === undefined) return [];
  const seconds = reconnect.enabled ? (reconnect.timeout ?? 0) : 0;
  return caps.flags.has("chardev-reconnect-miliseconds")
    ? [["reconnect-ms", seconds * 1000]]
    : [["reconnect", seconds]];
}

const wantsTls = (source: ChardevSource, { settings }: DeviceContext): boolean =>
  source.type === "tcp" && (source.source?.tls ?? settings.chardevTls);

function tlsParts(
  id: string,
  listen: boolean,
  parts: Part[],
  { settings, resources }: DeviceContext,
): string {
  const creds = `obj${id}_tls0`;
  let passwordId: string | undefined;
  if (settings.chardevTlsSecretUuid !== undefined) {
    passwordId = `${creds.replace(/_tls0$/, "")}_tls0-secret0`;
    const value = resources.secret({ type: "tls", uuid: settings.chardevTlsSecretUuid });
    parts.push(objectPart(secretProps(passwordId, value, resources)));
  }
  const dir = settings.chardevTlsX509CertDir;
  parts.push(
    objectPart(
      tlsCredsProps({ id: creds, dir, listen, verifyPeer: settings.chardevTlsX509Verify, passwordId }),
    ),
  );
  return creds;
}
