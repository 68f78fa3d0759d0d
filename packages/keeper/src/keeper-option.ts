/** As first argument: the program is not to be the daemon but its keeper; see `runKeeper` for the others. */
export const keeperOption = "--keep-descriptors";
