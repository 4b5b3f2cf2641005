package dev.reprise.runtime.accelerator;

/**
 * What an accelerator says of itself.
 *
 * @param name what options and reports call it: {@code cuda:0}, {@code opencl:0}
 * @param product the maker's name of the device
 * @param driver driver, platform and versions, for people
 * @param memoryBytes size of its memory
 * @param largestBuffer most bytes of one buffer
 * @param computeUnits multiprocessors or cores
 * @param isProcessor true when the device is the host's own processor under another interface
 * @param hasDoubles true when it computes in fp64
 */
public record AcceleratorInfo(
    String name,
    String product,
    String driver,
    long memoryBytes,
    long largestBuffer,
    int computeUnits,
    boolean isProcessor,
    boolean hasDoubles) {}
