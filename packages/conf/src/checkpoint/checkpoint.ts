import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  attr,
  child,
  custom,
  element,
  type Infer,
  leaf,
  list,
  parseXml,
  str,
  strictly,
  type XmlElement,
  XmlWriter,
  xmlError,
} from "@libvirt-ts/xml";
import { type MomentOptions, momentDomain, momentPast, momentStart, readMoment } from "../moment.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** Sizes of checkpoints are written. */
    readonly checkpointSizes?: boolean;
  }
}

export const checkpointError = (code: ErrorCode, detail: string) =>
  new VirError(ErrorDomain.DOMAIN_CHECKPOINT, code, detail);

const kinds = ["no", "bitmap"] as const;
const kind = {
  words: kinds,
  parse(text: string): (typeof kinds)[number] {
    const found = kinds.find((word) => word === text);
    if (found === undefined)
      throw checkpointError(ErrorCode.CONFIG_UNSUPPORTED, `unknown disk checkpoint setting '${text}'`);
    return found;
  },
  format: (value: (typeof kinds)[number]) => value,
};

/** Bytes written since; what the host says. */
const size = custom<bigint>({
  attrs: ["size"],
  parse: () => undefined,
  formatAttrs(value, writer, { checkpointSizes }) {
    if (checkpointSizes) writer.attr("size", String(value));
  },
});

const CheckpointDisk = element(
  "disk",
  {
    name: attr("name", strictly(str, /.+/, "the name of a disk"), {
      required: true,
      missing: () => checkpointError(ErrorCode.XML_ERROR, "missing name from disk checkpoint element"),
    }),
    checkpoint: attr("checkpoint", kind, { default: "bitmap" }),
    bitmap: attr("bitmap", str),
    size,
  },
  {
    rule: ({ attrs: { checkpoint, bitmap } }) =>
      checkpoint === "no" && bitmap !== undefined ? "a disk without checkpoint has no 'bitmap'" : undefined,
    read({ checkpoint, bitmap }) {
      if (bitmap !== undefined && checkpoint !== "bitmap")
        throw checkpointError(
          ErrorCode.XML_ERROR,
          `disk checkpoint bitmap '${bitmap}' requires type='bitmap'`,
        );
    },
  },
);
export type CheckpointDisk = Infer<typeof CheckpointDisk>;

/** Names become names of files. */
const nameForm = /^[a-zA-Z0-9_-][a-zA-Z0-9_.-]*$/;

export const CheckpointSyntax = element("domaincheckpoint", {
  ...momentStart,
  name: leaf("name", strictly(str, nameForm, "a name that can be that of a file")),
  ...momentPast,
  disks: child(element("disks", { disks: list(CheckpointDisk, { strict: { required: true } }) })),
  domain: momentDomain,
});

/** A moment from which on changes to disks are written down. */
export type CheckpointDef = Infer<typeof CheckpointSyntax> & { name: string; creationTime: number };

/** Reads `<domaincheckpoint>`. @throws VirError */
export function parseCheckpoint(text: string, options: MomentOptions = {}): CheckpointDef {
  const root = parseXml(text, { errorDomain: ErrorDomain.DOMAIN_CHECKPOINT });
  return readCheckpoint(root, options);
}

function readCheckpoint(root: XmlElement, options: MomentOptions): CheckpointDef {
  if (root.name !== "domaincheckpoint")
    throw xmlError(`expecting root element of 'domaincheckpoint', not '${root.name}'`);
  const written = root.children.find(({ name }) => name === "name")?.text;
  if (written !== undefined && !nameForm.test(written)) {
    throw new VirError(
      ErrorDomain.XML,
      ErrorCode.XML_INVALID_SCHEMA,
      `Unable to validate doc against domaincheckpoint\nbad name '${written}'`,
    );
  }
  const identity = { what: "checkpoint", domain: ErrorDomain.DOMAIN_CHECKPOINT };
  const moment = readMoment(root, options, identity);
  return { ...CheckpointSyntax.parse(root, options), ...moment };
}

export interface FormatCheckpointOptions {
  readonly secure?: boolean;
  /** Without the guest. */
  readonly noDomain?: boolean;
  /** With how much was written since. */
  readonly checkpointSizes?: boolean;
}

/** The text of a checkpoint, with a final newline. */
export function formatCheckpoint(def: CheckpointDef, options: FormatCheckpointOptions = {}): string {
  const writer = new XmlWriter();
  CheckpointSyntax.format(def, writer, options);
  return writer.toString();
}
