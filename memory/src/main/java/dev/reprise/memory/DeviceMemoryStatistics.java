package dev.reprise.memory;

/**
 * What happened in an accelerator's memory.
 *
 * @param name the accelerator
 * @param budgetBytes most bytes that may be used
 * @param usedBytes bytes in use now
 * @param peakBytes most bytes that were in use at once
 * @param copies matrices that have a copy there now
 * @param uploads matrices copied there
 * @param uploadedBytes their bytes
 * @param downloads matrices copied back to the host
 * @param downloadedBytes their bytes
 * @param peerCopies matrices copied there from other accelerators
 * @param peerBytes their bytes
 * @param demotions copies that left for the host for lack of room
 * @param dropped copies dropped for lack of room, whose cells were elsewhere too
 * @param reclaimed times that the cache gave up values to make room
 * @param restored values that were computed again since they were lost with the accelerator
 * @param lost whether the accelerator can do nothing more
 */
public record DeviceMemoryStatistics(
    String name,
    long budgetBytes,
    long usedBytes,
    long peakBytes,
    long copies,
    long uploads,
    long uploadedBytes,
    long downloads,
    long downloadedBytes,
    long peerCopies,
    long peerBytes,
    long demotions,
    long dropped,
    long reclaimed,
    long restored,
    boolean lost) {}
