import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { formatUuid, parseUuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  attrOf,
  child,
  childNamed,
  custom,
  element,
  type Infer,
  list,
  oneOf,
  refusing,
  type Scalar,
  str,
  text,
  uint,
  ulong,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath, genericName, nonZero } from "../../types.ts";
import { sharedXmlError, xmlError } from "../errors.ts";
import { byteSize, uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";

/** Names a secret kept by the secret driver, by UUID or by usage. */
const secretRef = {
  uuid: attr("uuid", {
    ...uuid,
    parse(text) {
      const bytes = parseUuid(text);
      if (bytes === undefined) throw sharedXmlError(`invalid secret uuid '${text}'`);
      return formatUuid(bytes);
    },
  }),
  usage: attr("usage", str),
};
interface SecretRef {
  uuid?: string | undefined;
  usage?: string | undefined;
}

/** One way to name it, not two. */
function checkSecretRef({ uuid, usage }: SecretRef): void {
  if (uuid === undefined && usage === undefined)
    throw sharedXmlError("missing secret uuid or usage attribute");
  if (uuid !== undefined && usage !== undefined) throw sharedXmlError("either secret uuid or usage expected");
}

const storageXmlError = (detail: string) => new VirError(ErrorDomain.STORAGE, ErrorCode.XML_ERROR, detail);
const storageUnsupported = (detail: string) =>
  new VirError(ErrorDomain.STORAGE, ErrorCode.CONFIG_UNSUPPORTED, detail);

const AuthSecret = element("secret", { type: attr("type", str), ...secretRef }, { read: checkSecretRef });

/** How to log in at a storage server. */
export const Auth = element("auth", {
  type: attr(
    "type",
    oneOf(["none", "chap", "ceph"], (text) => storageUnsupported(`unknown auth type '${text}'`)),
    { emptyIsAbsent: true },
  ),
  username: attr("username", genericName, {
    required: true,
    emptyIsAbsent: true,
    missing: () => storageXmlError("missing username for auth"),
  }),
  secret: child(AuthSecret, {
    required: true,
    missing: () => storageXmlError("Missing <secret> element in auth"),
  }),
});
export type Auth = Infer<typeof Auth>;

const untypedSecret = () => storageXmlError("unknown volume encryption secret type");
const EncryptionSecret = element(
  "secret",
  {
    type: attr(
      "type",
      oneOf(["passphrase"], (text) => storageUnsupported(`unknown volume encryption secret type ${text}`)),
      { required: true, emptyIsAbsent: true, missing: untypedSecret },
    ),
    ...secretRef,
  },
  {
    read: checkSecretRef,
    rule: ({ attrs: { uuid, usage } }) =>
      (uuid === undefined) === (usage === undefined)
        ? "<secret> needs one of the attributes 'uuid' and 'usage'"
        : undefined,
  },
);
const Cipher = element("cipher", {
  name: attr("name", str, {
    required: true,
    missing: () => storageXmlError("cipher info missing 'name' attribute"),
  }),
  size: attr("size", uint, { required: true }),
  mode: attr("mode", str),
  hash: attr("hash", str),
});
const Ivgen = element("ivgen", {
  name: attr("name", str, {
    required: true,
    missing: () => storageXmlError("missing ivgen info name string"),
  }),
  hash: attr("hash", str),
});

/** How the bytes of an image are encrypted. */
export const Encryption = element(
  "encryption",
  {
    format: attr(
      "format",
      oneOf(["default", "qcow", "luks", "luks2", "luks-any"], (text) =>
        text === ""
          ? storageXmlError("unknown volume encryption format")
          : storageUnsupported(`unknown volume encryption format type ${text}`),
      ),
      { required: true, missing: () => storageXmlError("unknown volume encryption format") },
    ),
    engine: attrOneOf("engine", ["qemu", "librbd"]),
    secrets: list(EncryptionSecret),
    cipher: child(Cipher),
    ivgen: child(Ivgen),
  },
  {
    endTag: true,
    read(encryption) {
      if (encryption.format !== "luks") {
        delete encryption.cipher;
        delete encryption.ivgen;
      } else if (encryption.ivgen && !encryption.cipher)
        throw storageXmlError("ivgen element found, but cipher is missing");
    },
    rule: (encryption) =>
      (childNamed(encryption, "cipher") === undefined) === (childNamed(encryption, "ivgen") === undefined)
        ? undefined
        : "<cipher> and <ivgen> go together",
  },
);
export type Encryption = Infer<typeof Encryption>;

export const hostPort: Scalar<number> = {
  ...uint,
  parse(text) {
    const port = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(port <= 0xffffffff)) throw invalidPort(`failed to parse port number '${text}'`);
    if (port > 65535) throw invalidPort(`port '${text}' out of range`);
    return port;
  },
};
const invalidPort = (detail: string) => new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, detail);

/** A server of a network disk. */
export const StorageHost = element(
  "host",
  {
    name: attr("name", str),
    port: attr("port", hostPort),
    transport: attrOneOf("transport", ["tcp", "unix", "rdma"]),
    socket: attr("socket", absPath),
  },
  {
    read(host) {
      const { transport = "tcp", name, socket } = host;
      if (transport === "unix") {
        if (socket === undefined) throw xmlError("missing socket for unix transport");
        host.name = undefined;
        host.port = undefined;
      } else {
        if (socket !== undefined)
          throw xmlError(`transport '${transport}' does not support socket attribute`);
        if (name === undefined) throw xmlError("missing name for host");
      }
    },
  },
);
export type StorageHost = Infer<typeof StorageHost>;

const Cookie = element(
  "cookie",
  {
    name: attr("name", str, {
      required: true,
      emptyIsAbsent: true,
      missing: () => xmlError("missing cookie name"),
    }),
    value: text(str, { show: "secure" }),
  },
  {
    read({ name, value }) {
      if (value === undefined) throw xmlError(`missing value for cookie '${name}'`);
    },
  },
);
/** What RFC 6265 allows in neither. */
const oddInName = /[\u0000- "(),/:;<=>?@[\\\]{}\u007f-\uffff]/;
const oddInValue = /[\u0000- ",;\\\u007f-\uffff]/;
const unquoted = (value: string) => value.replace(/^"(.*)"$/s, "$1");
export const Cookies = element(
  "cookies",
  { cookies: list(Cookie) },
  {
    read({ cookies }) {
      const seen = new Set<string>();
      for (const { name, value = "" } of cookies) {
        if (oddInName.test(name)) throw storageXmlError(`cookie name '${name}' contains invalid characters`);
        if (oddInValue.test(unquoted(value)))
          throw storageXmlError(`value of cookie '${name}' contains invalid characters`);
        if (seen.has(name)) throw storageXmlError(`duplicate cookie '${name}'`);
        seen.add(name);
      }
    },
  },
);

const sliceNumber = (name: string): Scalar<bigint> =>
  refusing(ulong, (text) => xmlError(`malformed value '${text}' of '${name}' attribute of slice`));
const noSlicePart = () => xmlError("missing offset or size attribute of slice");

const Slice = element("slice", {
  type: attrOneOf("type", ["storage"], { required: true }),
  offset: attr("offset", sliceNumber("offset"), {
    required: true,
    missing: noSlicePart,
    emptyIsAbsent: true,
  }),
  size: attr("size", nonZero(sliceNumber("size")), {
    required: true,
    missing: noSlicePart,
    emptyIsAbsent: true,
  }),
});
/** Only a part of the file or device is used: bytes. */
export const Slices = element(
  "slices",
  { slices: list(Slice, { skip: ({ attrs }) => attrs.type !== "storage" }) },
  { read: ({ slices }) => slices.splice(1) },
);

/** Nothing is chosen where nothing is written: who names a socket says all of it. */
const needed = (what: string) => ({
  required: true as const,
  emptyIsAbsent: true as const,
  missing: () => storageXmlError(`missing ${what} for <reservations/>`),
});
const ReservationsSource = element("source", {
  type: attr(
    "type",
    oneOf(["unix"], (text) => storageXmlError(`unsupported connection type for <reservations/>: ${text}`)),
    needed("connection type"),
  ),
  path: attr("path", absPath, needed("path")),
  mode: attr(
    "mode",
    oneOf(["client"], (text) => storageXmlError(`unsupported connection mode for <reservations/>: ${text}`)),
    needed("connection mode"),
  ),
});
/** Persistent reservations, and who manages them. */
export const Reservations = element(
  "reservations",
  {
    managed: attr("managed", yesNo, { required: true }),
    source: child(ReservationsSource),
  },
  {
    read({ managed, source }) {
      if (!managed && !source) throw needed("connection type").missing();
    },
  },
);

/** How a server is reached again after the connection broke: seconds. */
export const SourceReconnect = element("reconnect", {
  delay: attr("delay", uint, { omit: 0 }),
  others: custom<undefined>({
    attrs: ["enabled", "timeout"],
    like: { enabled: attr("enabled", yesNo), timeout: attr("timeout", uint) },
    parse: () => undefined,
  }),
});

/** What all kinds of sources may say, after what is their own. */
const metadataCache = (where: string) =>
  element("metadata_cache", { maxSize: byteSize("max_size", { shownUnit: "bytes", where }) });
export const MetadataCache = metadataCache("./metadata_cache/max_size");
/** As it stands in the format of a lower image. */
export const FormatMetadataCache = metadataCache("./format/metadata_cache/max_size");

export const Identity = element("identity", {
  username: attr("username", str),
  user: attr("user", genericName),
  group: attr("group", genericName),
  agentsock: attr("agentsock", str),
  keyfile: attr("keyfile", str),
});

export const Initiator = element("initiator", { iqn: attrOf("iqn", "name", str, { emptyIsAbsent: true }) });
