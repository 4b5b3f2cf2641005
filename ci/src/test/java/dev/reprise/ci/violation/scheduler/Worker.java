package dev.reprise.ci.violation.scheduler;

/** What the cache must not know. */
public interface Worker {}
