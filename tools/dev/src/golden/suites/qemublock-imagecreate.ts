import { formatCreateProps, type NewImage, storageCreateProps } from "@libvirt-ts/driver-qemu/block";
import { findType, validateQmp } from "@libvirt-ts/driver-qemu/command";
import { namedLayers } from "../block-names.ts";
import { prettyJson, schemaOf } from "../json.ts";
import { parseDisk } from "../source-xml.ts";
import type { Suite } from "../suite.ts";

/** What QEMU is asked for when an image is to be made. */
export const suite: Suite = {
  run(row, corpus) {
    const [top] = namedLayers(parseDisk(corpus.text(row.input)));
    if (top === undefined) throw new Error("no image");
    const { backing } = (row.inputs ?? {}) as { backing?: string }; // the README's format
    const below = backing === undefined ? undefined : namedLayers(parseDisk(corpus.file(backing)))[0]?.layer;
    const { layer, objects } = top;
    const image: NewImage = {
      place: layer.place,
      format: layer.format,
      encryption: layer.encryption,
      capacity: 8589934590n,
      physical: 4294967296n,
      storageNode: layer.names.storage,
      keySecret: objects.encryptionSecrets[0],
      backing: below,
    };
    const schema = schemaOf(row, corpus);
    const shown = (props: object | undefined) => {
      if (props === undefined) return "<null>\n";
      const text = prettyJson(props);
      const options = { deprecated: row.allowDeprecated === true };
      const complaint =
        schema &&
        validateQmp(schema, findType(schema, "blockdev-create/arg-type/options"), JSON.parse(text), options);
      if (complaint !== undefined) throw new Error(complaint);
      return text;
    };
    const protocol = shown(storageCreateProps(image));
    const gap = protocol.startsWith("<") ? "" : "\n";
    return { got: { json: `protocol:\n${protocol}${gap}format:\n${shown(formatCreateProps(image))}` } };
  },
};
