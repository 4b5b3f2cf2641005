package dev.reprise.cache;

import dev.reprise.memory.Handle;

/**
 * The value is on its way: somebody is computing it, or it is being read from disk.
 *
 * @param handle the caller's own handle, which will be completed or failed, whatever happens
 * @param found true when the cache has the value, on disk, so that this probe counts as a hit
 */
public record InFlight(Handle handle, boolean found) implements Probe {}
