import { describe, expect, test } from "vitest";
import { getNetworkMetadata, setNetworkMetadata } from "./metadata.ts";
import { parseNetwork } from "./parse.ts";

const plain = parseNetwork("<network><name>n</name></network>");

describe("metadata", () => {
  const change = { type: 2, text: "<foo a='1'>x</foo>", key: "app", uri: "urn:app" };

  test("an element is set, replaced and removed", () => {
    let def = setNetworkMetadata(plain, change);
    expect(getNetworkMetadata(def, 2, "urn:app")).toBe('<foo a="1">x</foo>');
    def = setNetworkMetadata(def, { ...change, text: "<bar/>" });
    expect(getNetworkMetadata(def, 2, "urn:app")).toBe("<bar/>");
    def = setNetworkMetadata(def, { ...change, text: undefined });
    expect(def.metadata).toBeUndefined();
    expect(() => getNetworkMetadata(def, 2, "urn:app")).toThrow("Requested metadata element is not present");
  });

  test("title and description", () => {
    const def = setNetworkMetadata(plain, { type: 1, text: "T", key: undefined, uri: undefined });
    expect(getNetworkMetadata(def, 1, undefined)).toBe("T");
    expect(() => getNetworkMetadata(def, 0, undefined)).toThrow("not present");
    expect(() => setNetworkMetadata(def, { ...change, type: 1, text: "a\nb" })).toThrow(
      "can't contain newlines",
    );
    expect(() => setNetworkMetadata(def, { ...change, type: 9 })).toThrow("unknown metadata type 9");
  });
});
