/** The libvirt release whose interface we speak. */
export const versionText = "11.3.0";

/** major * 1 000 000 + minor * 1 000 + micro, as GET_LIB_VERSION answers. */
export const libraryVersion = 11_003_000;
