import {
  attr,
  attrOf,
  child,
  childNamed,
  element,
  type Infer,
  list,
  oneOf,
  str,
  text,
  uint,
  ulong,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath, genericName, nonZero } from "../../types.ts";
import { xmlError } from "../errors.ts";
import { byteSize, uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";

/** Names a secret kept by the secret driver, by UUID or by usage. */
const secretRef = { uuid: attr("uuid", uuid), usage: attr("usage", str) };

const AuthSecret = element(
  "secret",
  { type: attr("type", str), ...secretRef },
  {
    read(secret) {
      if (secret.uuid === undefined && secret.usage === undefined)
        throw xmlError("missing auth secret uuid or usage attribute");
      if (secret.uuid !== undefined && secret.usage !== undefined) {
        throw xmlError("either auth secret uuid or usage expected");
      }
    },
  },
);

/** How to log in at a storage server. */
export const Auth = element("auth", {
  type: attr("type", oneOf(["none", "chap", "ceph"])),
  username: attr("username", genericName, {
    required: true,
    missing: () => xmlError("missing username for auth"),
  }),
  secret: child(AuthSecret, { required: true, missing: () => xmlError("missing <secret> element in auth") }),
});
export type Auth = Infer<typeof Auth>;

const EncryptionSecret = element("secret", { type: attrOneOf("type", ["passphrase"]), ...secretRef });
const Cipher = element("cipher", {
  name: attr("name", str, { required: true }),
  size: attr("size", uint),
  mode: attr("mode", str),
  hash: attr("hash", str),
});
const Ivgen = element("ivgen", { name: attr("name", str, { required: true }), hash: attr("hash", str) });

/** How the bytes of an image are encrypted. */
export const Encryption = element(
  "encryption",
  {
    format: attr("format", oneOf(["default", "qcow", "luks", "luks2", "luks-any"]), { required: true }),
    engine: attrOneOf("engine", ["qemu", "librbd"]),
    secrets: list(EncryptionSecret),
    cipher: child(Cipher),
    ivgen: child(Ivgen),
  },
  {
    rule: (encryption) =>
      (childNamed(encryption, "cipher") === undefined) === (childNamed(encryption, "ivgen") === undefined)
        ? undefined
        : "<cipher> and <ivgen> go together",
  },
);
export type Encryption = Infer<typeof Encryption>;

/** A server of a network disk. */
export const StorageHost = element("host", {
  name: attr("name", str),
  port: attr("port", uint),
  transport: attrOneOf("transport", ["tcp", "unix", "rdma"], {
    refuse: (text) => xmlError(`unknown protocol transport type '${text}'`),
  }),
  socket: attr("socket", absPath),
});
export type StorageHost = Infer<typeof StorageHost>;

const Cookie = element("cookie", {
  name: attr("name", str, { required: true }),
  value: text(str, { show: "secure" }),
});
export const Cookies = element("cookies", { cookies: list(Cookie) });

const Slice = element("slice", {
  type: attrOneOf("type", ["storage"], { required: true }),
  offset: attr("offset", ulong, { required: true }),
  size: attr("size", nonZero(ulong), { required: true }),
});
/** Only a part of the file or device is used: bytes. */
export const Slices = element("slices", { slices: list(Slice) });

const ReservationsSource = element("source", {
  type: attrOneOf("type", ["unix"], { default: "unix" }),
  path: attr("path", absPath),
  mode: attrOneOf("mode", ["client"], { default: "client" }),
});
/** Persistent reservations, and who manages them. */
export const Reservations = element("reservations", {
  managed: attr("managed", yesNo, { required: true }),
  source: child(ReservationsSource),
});

/** How a server is reached again after the connection broke: seconds. */
export const SourceReconnect = element("reconnect", {
  enabled: attr("enabled", yesNo),
  timeout: attr("timeout", uint),
  delay: attr("delay", uint),
});

/** What all kinds of sources may say, after what is their own. */
export const MetadataCache = element("metadata_cache", {
  maxSize: byteSize("max_size", { shownUnit: "bytes" }),
});

export const Identity = element("identity", {
  username: attr("username", str),
  user: attr("user", genericName),
  group: attr("group", genericName),
  agentsock: attr("agentsock", str),
  keyfile: attr("keyfile", str),
});

export const Initiator = element("initiator", { iqn: attrOf("iqn", "name", str) });
