package dev.reprise.ci.violation.lineage;

import dev.reprise.ci.violation.cache.Nosy;

/** Lineage that knows the cache. */
public record Curious(Nosy cache) {}
