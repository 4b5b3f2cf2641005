package dev.reprise.ci.violation.cache;

import dev.reprise.ci.violation.scheduler.Worker;

/** A cache that knows the scheduler. */
public record Nosy(Worker worker) {}
