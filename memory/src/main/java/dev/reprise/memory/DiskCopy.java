package dev.reprise.memory;

/**
 * Where on the disk the bytes of a matrix lie.
 *
 * @param checksum CRC-32C of the bytes
 */
record DiskCopy(long position, long bytes, int checksum) {}
