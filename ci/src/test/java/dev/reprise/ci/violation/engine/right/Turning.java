package dev.reprise.ci.violation.engine.right;

import dev.reprise.ci.violation.engine.left.Climbing;

/** A part of the engine that knows one by which it is known. */
public record Turning(Climbing other) {}
