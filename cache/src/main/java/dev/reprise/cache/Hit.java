package dev.reprise.cache;

import dev.reprise.runtime.Value;

/**
 * The value is there.
 *
 * @param value with one reference taken for the caller, who gives it back
 */
public record Hit(Value value) implements Probe {}
