const special = /[<>&'"\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
const needsWork = /[<>&'"\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

const replacement: { readonly [char: string]: string } = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  "'": "&apos;",
  '"': "&quot;",
};

/**
 * Escapes text and attribute values the way libvirt writes them: both quotes in both places, control
 * characters that XML cannot carry are dropped, tab and line ends stay as they are.
 */
export function escapeXml(text: string): string {
  return needsWork.test(text) ? text.replace(special, (char) => replacement[char] ?? "") : text;
}
