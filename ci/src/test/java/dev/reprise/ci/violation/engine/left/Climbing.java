package dev.reprise.ci.violation.engine.left;

import dev.reprise.ci.violation.engine.Inside;
import dev.reprise.ci.violation.engine.right.Turning;

/** A part of the engine that knows the engine, and another part that knows it, too. */
public record Climbing(Inside inside, Turning other) {}
