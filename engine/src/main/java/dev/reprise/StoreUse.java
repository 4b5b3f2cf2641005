package dev.reprise;

/**
 * What a session did with its experiment store.
 *
 * @param folder of the store
 * @param hits values that were found instead of computed
 * @param misses operations worth asking for whose values were not there
 * @param regions whole calls and blocks whose outcome was there
 * @param savedNanos what computing the loaded values had cost, less loading
 * @param loadedBytes of their contents
 * @param kept values that were added
 * @param keptBytes of their contents
 * @param dropped values that were not added for lack of room in the queue, as not worth the time of
 *     writing them, or after a problem
 * @param waits values that another process was computing
 * @param damaged artifacts whose checksum differed; they were computed again
 * @param deferred of the hits, values that were not loaded until something needed them
 * @param computed deferred values that were computed then, since that cost less or no copy was kept
 * @param putOff operations that read deferred values, or that an earlier run has executed without
 *     keeping what they made, and that were put off until something needs it
 * @param putOffExecuted those of them that were executed then
 * @param programs whole runs that were not executed, since an earlier one did the same
 * @param byContent values, calls and blocks that were found although something small that they were
 *     made of came to be in another way
 * @param warmStarts trainings that began from an earlier model
 * @param coldStarts trainings that were to, and for which there was none
 * @param problem why nothing was added any more, or null
 */
public record StoreUse(
    String folder,
    long hits,
    long misses,
    long regions,
    long savedNanos,
    long loadedBytes,
    long kept,
    long keptBytes,
    long dropped,
    long waits,
    long damaged,
    long deferred,
    long computed,
    long putOff,
    long putOffExecuted,
    long programs,
    long byContent,
    long warmStarts,
    long coldStarts,
    String problem) {}
