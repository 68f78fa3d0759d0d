import { backingString, imageNodes, targetProps } from "@libvirt-ts/driver-qemu/block";
import { findType, validateQmp } from "@libvirt-ts/driver-qemu/command";
import { namedLayers } from "../block-names.ts";
import { prettyJson, schemaOf } from "../json.ts";
import { parseDisk } from "../source-xml.ts";
import type { Suite } from "../suite.ts";

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, "  ");

/** The block nodes of a disk's images, top first, and what would be written about each into one above it. */
export const suite: Suite = {
  run(row, corpus) {
    const schema = schemaOf(row, corpus);
    let json = "";
    let srconly = "";
    for (const { layer, objects } of namedLayers(parseDisk(corpus.text(row.input)))) {
      const { storage, format } = imageNodes(layer, objects);
      for (const props of [format, storage]) {
        if (props === undefined) continue;
        const text = prettyJson(props);
        const complaint =
          schema && validateQmp(schema, findType(schema, "blockdev-add/arg-type"), JSON.parse(text));
        if (complaint !== undefined) throw new Error(complaint);
        json += text;
      }
      const target = prettyJson(
        targetProps(layer.place, layer.format, { isFloppy: layer.isFloppy === true }),
      );
      const backing = backingString(layer, (value) => prettyJson(value));
      srconly += `(\n  source only properties:\n${indented(target)}  backing store string:\n${indented(backing)}\n)\n`;
    }
    return { got: { json, srconly } };
  },
};
