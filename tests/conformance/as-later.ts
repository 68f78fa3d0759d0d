/**
 * What libvirt 9 says, in the words of 11: it names no document that is not well formed any more, and shows an empty one
 * in another way.
 */
export const asLater = (text: string): string =>
  text.replaceAll(/\(\w+\):(\d+): /g, "at line $1: ").replaceAll("\n(null)\n^", "\n");
