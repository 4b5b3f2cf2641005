package dev.reprise.ci.violation.engine;

/** An inner class of the engine. */
public interface Inside {}
