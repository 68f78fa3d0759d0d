import {
  attr,
  attrOf,
  child,
  childrenNamed,
  custom,
  element,
  fixed,
  flag,
  type Infer,
  oneOf,
  refusing,
  str,
  strictlyOneOf,
  uint,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { filePath } from "../../types.ts";
import { chardevTypes, checkSourceCount } from "../chardev.ts";
import { internalError, unsupported, xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";

const banks = ["sha1", "sha256", "sha384", "sha512"] as const;
export type PcrBank = (typeof banks)[number];

const activePcrBanks = custom<PcrBank[]>({
  tags: ["active_pcr_banks"],
  like: {
    banks: child(element("active_pcr_banks", Object.fromEntries(banks.map((bank) => [bank, flag(bank)])))),
  },
  parse(from) {
    const found = childrenNamed(from, "active_pcr_banks");
    if (found.length === 0) return undefined;
    const named = found.flatMap(({ children }) => children.map((each) => each.name));
    return banks.filter((bank) => named.includes(bank));
  },
  formatBody(value, writer) {
    if (value.length === 0) return;
    writer.open("active_pcr_banks");
    for (const bank of value) {
      writer.open(bank);
      writer.close(bank);
    }
    writer.close("active_pcr_banks");
  },
});

const noStatePath = () => xmlError("missing TPM source path");
const noExternalType = () => xmlError("missing external TPM backend source type");
const externalType = oneOf(["unix"], (text) =>
  chardevTypes.some((known) => known === text)
    ? xmlError("only source type 'unix' is supported for external TPM device")
    : unsupported(`unknown backend source type '${text}' for external TPM`),
);

const Backend = element("backend", {
  type: fixed(
    "Target TPM device type doesn't match source",
    attrOneOf("type", ["passthrough", "emulator", "external"], {
      required: true,
    }),
  ),
  $kind: variant("type", {
    passthrough: {
      device: child(
        element("device", {
          path: attr("path", filePath, {
            default: "/dev/tpm0",
            emptyIsAbsent: true,
            strict: { required: false },
          }),
        }),
      ),
    },
    emulator: {
      version: fixed("Target TPM version doesn't match source", attrOneOf("version", ["1.2", "2.0"])),
      persistentState: attr(
        "persistent_state",
        refusing(yesNo, () => internalError("Invalid persistent_state value, either 'yes' or 'no'")),
      ),
      debug: attr("debug", uint, { omit: 0 }),
      encryption: attrOf(
        "encryption",
        "secret",
        refusing(uuid, (text) => internalError(`Unable to parse secret uuid '${text}'`)),
        { emptyIsAbsent: true },
      ),
      activePcrBanks,
      source: child(
        element("source", {
          type: attrOneOf("type", ["file", "dir"], { required: true, missing: noStatePath }),
          path: attr("path", filePath, { required: true, missing: noStatePath }),
        }),
      ),
      profile: child(
        element("profile", {
          source: attr("source", str),
          removeDisabled: attrOneOf("removeDisabled", ["check", "fips-host"]),
          name: attr("name", str),
        }),
      ),
    },
    external: {
      source: child(
        element("source", {
          type: attr("type", externalType, { required: true, emptyIsAbsent: true, missing: noExternalType }),
          mode: attr("mode", strictlyOneOf(oneOf(["connect", "bind"]), ["connect"]), { default: "connect" }),
          path: attr("path", str, {
            required: true,
            missing: () => xmlError("missing socket path for external TPM device"),
            strict: { required: false },
          }),
        }),
        { required: true, missing: noExternalType, strict: { required: false } },
      ),
    },
  }),
});

/** A trusted platform module. */
export const Tpm = element(
  "tpm",
  {
    model: fixed(
      "Target TPM device model doesn't match source",
      attrOneOf("model", ["tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy"]),
    ),
    backend: child(Backend, { required: true, missing: () => xmlError("missing TPM device backend") }),
    ...info,
  },
  {
    read({ backend }, from) {
      if (backend.type === "passthrough") backend.device ??= { path: "/dev/tpm0" };
      const [written] = childrenNamed(from, "backend");
      if (backend.type === "external" && written) {
        checkSourceCount(written, backend.source.type);
        if (backend.source.mode === "bind")
          throw xmlError("only 'connect' mode is supported for external TPM device");
      }
      if (childrenNamed(from, "backend").length > 1) throw xmlError("only one TPM backend is supported");
    },
  },
);
export type Tpm = Infer<typeof Tpm>;
