package dev.reprise.cache;

import dev.reprise.memory.Handle;

/**
 * Somebody is computing the value.
 *
 * @param handle the caller's own handle, which will be completed or failed, whatever happens
 */
public record InFlight(Handle handle) implements Probe {}
