import type { Graphics, GraphicsOf, Listen } from "@libvirt-ts/conf/domain";
import { type OptionValue, optionText } from "../command/text.ts";
import { type DeviceContext, objectPart, optionPart, type Part } from "./parts.ts";
import { secretProps, tlsCredsProps } from "./secret.ts";

type Options = [key: string, value: OptionValue][];

/** A display server of the guest. */
export function graphicsParts(graphics: Graphics, context: DeviceContext): Part[] {
  switch (graphics.type) {
    case "vnc":
      return vncParts(graphics, context);
    case "spice":
      return spiceParts(graphics, context);
    case "sdl": {
      const parts = [optionPart("-display", optionText("sdl", [["gl", graphics.gl?.enable]]))];
      return graphics.fullscreen ? [optionPart("-full-screen"), ...parts] : parts;
    }
    case "egl-headless":
      return [
        optionPart(
          "-display",
          optionText("egl-headless", [["rendernode", graphics.gl?.rendernode ?? context.host.renderNode]]),
        ),
      ];
    case "dbus": {
      const address = graphics.p2p ? undefined : (graphics.address ?? `unix:path=${dbusSocket(context)}`);
      const gl = graphics.gl?.enable;
      return [
        optionPart(
          "-display",
          optionText("dbus", [
            ["p2p", graphics.p2p ? true : undefined],
            ["addr", address],
            ["gl", gl],
            ["rendernode", gl ? (graphics.gl?.rendernode ?? context.host.renderNode) : undefined],
            ["audiodev", graphics.audio === undefined ? undefined : `audio${graphics.audio}`],
          ]),
        ),
      ];
    }
    default:
      return [];
  }
}

const dbusSocket = ({ paths, id, def }: DeviceContext) =>
  `${paths.dbus}/${id}-${def.name.slice(0, 20)}-dbus.sock`;

/** Where a server listens; `undefined`: nowhere QEMU should. */
function listenAddress(
  listens: readonly Listen[],
  fallback: string,
): { socket: string } | { host: string } | undefined {
  const [listen] = listens;
  switch (listen?.type) {
    case "socket":
      return { socket: listen.socket ?? "" };
    case "address":
    case "network":
      return { host: listen.address ?? fallback };
    default:
      return undefined;
  }
}

const bracketed = (host: string) => (host.includes(":") ? `[${host}]` : host);

function vncParts(vnc: GraphicsOf<"vnc">, context: DeviceContext): Part[] {
  const { settings, resources, def, paths } = context;
  const parts: Part[] = [];
  const where = listenAddress(vnc.listens, settings.vncListen);
  const options: Options = [];
  let head: string | undefined;
  if (where === undefined) head = "none";
  else if ("socket" in where) options.push(["vnc", `unix:${where.socket || `${paths.domain}/vnc.sock`}`]);
  else head = `${bracketed(where.host)}:${(vnc.port ?? 5900) - 5900}`;
  if (vnc.websocket !== undefined && where !== undefined && !("socket" in where))
    options.push(["websocket", vnc.websocket]);
  options.push(["share", vnc.sharePolicy]);
  options.push([
    "password",
    vnc.passwd !== undefined || settings.vncPassword !== undefined ? true : undefined,
  ]);
  if (settings.vncTls) {
    const id = "vnc-tls-creds0";
    let passwordId: string | undefined;
    if (settings.vncTlsSecretUuid !== undefined) {
      passwordId = `${id}-secret0`;
      parts.push(
        objectPart(
          secretProps(
            passwordId,
            resources.secret({ type: "tls", uuid: settings.vncTlsSecretUuid }),
            resources,
          ),
        ),
      );
    }
    parts.push(
      objectPart(
        tlsCredsProps({
          id,
          dir: settings.vncTlsX509CertDir,
          listen: true,
          verifyPeer: settings.vncTlsX509Verify,
          passwordId,
        }),
      ),
    );
    options.push(["tls-creds", id]);
  }
  options.push(["sasl", settings.vncSasl ? true : undefined]);
  options.push(["power-control", vnc.powerControl]);
  const audio = vnc.audio ?? def.devices.audios[0]?.id;
  options.push(["audiodev", audio === undefined ? undefined : `audio${audio}`]);
  parts.push(optionPart("-vnc", optionText(head, options)));
  if (vnc.keymap !== undefined) parts.push(optionPart("-k", vnc.keymap));
  return parts;
}

function spiceParts(spice: GraphicsOf<"spice">, context: DeviceContext): Part[] {
  const { settings, host, paths } = context;
  const options: Options = [];
  const where = listenAddress(spice.listens, settings.spiceListen);
  let hasSecure = false;
  let hasInsecure = false;
  if (where !== undefined && "socket" in where) {
    options.push(["unix", true], ["addr", where.socket || `${paths.domain}/spice.sock`]);
    hasInsecure = true;
  } else if (where !== undefined) {
    if (spice.port && spice.port > 0) {
      options.push(["port", spice.port]);
      hasInsecure = true;
    }
    if (spice.tlsPort && spice.tlsPort > 0) {
      options.push(["tls-port", spice.tlsPort]);
      hasSecure = true;
    }
    if (hasSecure || hasInsecure) options.push(["addr", where.host]);
    else options.push(["port", 0]);
  } else options.push(["port", 0]);
  options.push(["sasl", settings.spiceSasl ? true : undefined]);
  options.push(["agent-mouse", spice.mouse === undefined ? undefined : spice.mouse === "client"]);
  if (hasSecure) options.push(["x509-dir", settings.spiceTlsX509CertDir]);
  const isChannelSecure = spice.defaultMode === "secure";
  if (isChannelSecure) options.push(["tls-channel", "default"]);
  else if (spice.defaultMode === "insecure") options.push(["plaintext-channel", "default"]);
  for (const { name, mode } of spice.channels) {
    if (mode === "secure") options.push(["tls-channel", name]);
    else if (mode === "insecure") options.push(["plaintext-channel", name]);
  }
  options.push(["disable-copy-paste", spice.clipboard === false ? true : undefined]);
  options.push(["disable-agent-file-xfer", spice.filetransfer === false ? true : undefined]);
  if (spice.passwd === undefined && settings.spicePassword === undefined)
    options.push(["disable-ticketing", true]);
  if (spice.gl?.enable) {
    options.push(["gl", true], ["rendernode", spice.gl.rendernode ?? host.renderNode]);
  }
  options.push(["image-compression", spice.image]);
  options.push(["jpeg-wan-compression", spice.jpeg]);
  options.push(["zlib-glz-wan-compression", spice.zlib]);
  options.push(["playback-compression", spice.playback]);
  options.push(["streaming-video", spice.streaming]);
  options.push(["seamless-migration", true]);
  const parts = [optionPart("-spice", optionText(undefined, options))];
  if (spice.keymap !== undefined) parts.push(optionPart("-k", spice.keymap));
  return parts;
}
