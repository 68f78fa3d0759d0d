import { DomainModificationImpact as Impact, DomainMetadataType as Metadata } from "@libvirt-ts/api";
import { waitFor } from "@libvirt-ts/testing";
import { describe, expect, test } from "vitest";
import { guestIn } from "./guests.ts";
import { describeStories } from "./story.ts";
import { answer, type Target } from "./target.ts";

const { LIVE, CONFIG, CURRENT } = Impact;
const both = LIVE | CONFIG;
const { DESCRIPTION, TITLE, ELEMENT } = Metadata;
const uri = "http://example.com/own";
const INVALID = "OPERATION_INVALID/driver";

/** What is kept of a domain beside its devices, and whether a change is of the guest that runs or of its definition. */
export function describeDomainSettings(target: Target): void {
  describe("domain settings", () => {
    describeStories(target, () => guestIn(target, "running"), {
      "a title is of the guest, of the definition, or of both": [
        [({ domain }) => domain.getMetadata({ type: TITLE }), "NO_DOMAIN_METADATA/DOMAIN"],
        [({ domain }) => domain.setMetadata({ type: TITLE, metadata: "a", flags: LIVE }), "ok"],
        [({ domain }) => domain.getMetadata({ type: TITLE, flags: LIVE }), "a"],
        [({ domain }) => domain.getMetadata({ type: TITLE, flags: CURRENT }), "a"],
        [({ domain }) => domain.getMetadata({ type: TITLE, flags: CONFIG }), "NO_DOMAIN_METADATA/DOMAIN"],
        [({ domain }) => domain.setMetadata({ type: TITLE, metadata: "b", flags: both }), "ok"],
        [({ domain }) => domain.getMetadata({ type: TITLE, flags: CONFIG }), "b"],
        [({ domain }) => domain.setMetadata({ type: TITLE, metadata: "c", flags: CONFIG }), "ok"],
        [({ domain }) => domain.getMetadata({ type: TITLE, flags: LIVE }), "b"],
        [({ domain }) => domain.destroy(), "ok"],
        [({ domain }) => domain.getMetadata({ type: TITLE }), "c"],
        [
          ({ domain }) => domain.setMetadata({ type: TITLE, metadata: "d", flags: LIVE }),
          "OPERATION_INVALID/DOMAIN",
        ],
      ],
      "elements of applications": [
        [
          ({ domain }) =>
            domain.setMetadata({ type: ELEMENT, metadata: '<own n="1"/>', key: "k", uri, flags: both }),
          "ok",
        ],
        [({ domain }) => domain.getMetadata({ type: ELEMENT, uri }), '<own n="1"/>'],
        [({ domain }) => domain.getMetadata({ type: ELEMENT, uri: `${uri}/2` }), "NO_DOMAIN_METADATA/DOMAIN"],
        [({ domain }) => domain.setMetadata({ type: ELEMENT, metadata: null, uri, flags: LIVE }), "ok"],
        [({ domain }) => domain.getMetadata({ type: ELEMENT, uri }), "NO_DOMAIN_METADATA/DOMAIN"],
        [({ domain }) => domain.getMetadata({ type: ELEMENT, uri, flags: CONFIG }), '<own n="1"/>'],
      ],
      "what metadata may not be": [
        [({ domain }) => domain.setMetadata({ type: TITLE, metadata: "a\nb" }), "INVALID_ARG/DOMAIN"],
        [({ domain }) => domain.setMetadata({ type: TITLE, metadata: "a", key: "k" }), "INVALID_ARG/DOMAIN"],
        [({ domain }) => domain.setMetadata({ type: ELEMENT, metadata: "<a/>", uri }), "INVALID_ARG/DOMAIN"],
        [
          ({ domain }) => domain.setMetadata({ type: ELEMENT, metadata: "<a/>", key: "k" }),
          "INVALID_ARG/DOMAIN",
        ],
        [({ domain }) => domain.getMetadata({ type: TITLE, uri }), "INVALID_ARG/DOMAIN"],
        [({ domain }) => domain.getMetadata({ type: ELEMENT }), "INVALID_ARG/DOMAIN"],
        [({ domain }) => domain.getMetadata({ type: TITLE, flags: both }), "INVALID_ARG/DOMAIN"],
      ],
      "started with the host": [
        [({ domain }) => domain.getAutostart(), false],
        [({ domain }) => domain.setAutostart({ autostart: true }), "ok"],
        [({ domain }) => domain.getAutostart(), true],
        [({ domain }) => domain.setAutostart({ autostart: false }), "ok"],
        [({ domain }) => domain.getAutostart(), false],
      ],
      "a guest that runs is not renamed": [
        [({ domain }) => domain.rename({ newName: "other" }), INVALID],
        [({ domain }) => domain.destroy(), "ok"],
        [({ domain }) => domain.rename({ newName: "other", flags: 1 }), "INVALID_ARG/driver"],
        [({ domain }) => domain.rename({ newName: "" }), "INVALID_ARG/DOMAIN"],
        [({ domain }) => domain.rename({ newName: "a/b" }), "XML_ERROR/driver"],
        [({ domain }) => domain.rename({ newName: "other" }), 0],
        [({ connect }) => connect.domainLookupByName({ name: "contract" }), "NO_DOMAIN/driver"],
        [({ connect }) => connect.domainLookupByName({ name: "other" }), "other"],
        [({ domain }) => domain.isPersistent(), true],
      ],
      "what a guest is": [
        [async ({ domain }) => /./.test(await domain.getOsType()), true],
        [({ domain }) => domain.isUpdated(), false],
        [({ domain }) => domain.isActive(), true],
        [({ domain }) => domain.isPersistent(), true],
        [({ domain }) => domain.getXmlDesc({ flags: 2 ** 30 }), "INVALID_ARG/driver"],
        [({ domain }) => domain.getMaxMemory(), 32_768n],
        [({ domain }) => domain.getState({ flags: 1 }), "INVALID_ARG/driver"],
      ],
    });

    describe.skipIf("keeps its lifecycle actions" in target.differences)("lifecycle actions", () =>
      describeStories(target, () => guestIn(target, "running"), {
        "what happens at its end": [
          [({ domain }) => domain.setLifecycleAction({ type: 0, action: 1, flags: LIVE }), "ok"],
          [({ domain }) => domain.setLifecycleAction({ type: 9, action: 1 }), "INVALID_ARG/DOMAIN"],
          [({ domain }) => domain.setLifecycleAction({ type: 0, action: 9 }), "INVALID_ARG/DOMAIN"],
          [({ domain }) => domain.setLifecycleAction({ type: 2, action: 4, flags: CONFIG }), "ok"],
          [({ domain }) => domain.setLifecycleAction({ type: 0, action: 4 }), "CONFIG_UNSUPPORTED/DOMAIN"],
        ],
      }),
    );

    test("definition and running guest are described apart", async () => {
      const { domain } = await guestIn(target, "running");
      const [live, config] = [await domain.getXmlDesc(), await domain.getXmlDesc({ flags: 2 })];
      expect(live).toMatch(/^<domain type='\w+' id='\d+'/);
      expect(config).toMatch(/^<domain type='\w+'[^>]*>\n {2}<name>contract<\/name>/);
      expect(config).not.toMatch(/^<domain [^>]*\bid=/);
    });

    test("a definition survives being defined as it is", async () => {
      const { connect, domain } = await guestIn(target, "shutoff");
      const xml = await domain.getXmlDesc({ flags: 2 });
      const again = await connect.domainDefineXmlFlags({ xml });
      expect(await again.getXmlDesc({ flags: 2 })).toBe(xml);
    });

    test.each([
      ["no XML", "<domain", "XML_DETAIL/DOMAIN"],
      ["another element", "<network/>", "XML_ERROR/XML"],
      ["no name", "<domain type='test'/>", "NO_NAME/DOMAIN"],
      ["nothing", "", "XML_DETAIL/DOMAIN"],
    ])("refused: %s", async (_, xml, expected) => {
      const { connect } = await guestIn(target, "shutoff");
      expect([
        await answer(target, connect.domainDefineXml({ xml })),
        await answer(target, connect.domainDefineXmlFlags({ xml })),
        await answer(target, connect.domainCreateXml({ xmlDesc: xml })),
      ]).toEqual([expected, expected, expected]);
    });

    test("changes of metadata are told", async () => {
      const { connect, domain } = await guestIn(target, "running");
      const seen: [number, string | null][] = [];
      await connect.on("domain.metadataChange", ({ type, nsuri }) => seen.push([type, nsuri]), {
        object: domain,
      });
      await domain.setMetadata({ type: DESCRIPTION, metadata: "a" });
      await domain.setMetadata({ type: ELEMENT, metadata: "<own/>", key: "k", uri });
      await waitFor("both events", () => seen.length === 2);
      expect(seen).toEqual([
        [DESCRIPTION, null],
        [ELEMENT, uri],
      ]);
    });
  });
}
