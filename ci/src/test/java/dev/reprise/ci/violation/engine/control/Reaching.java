package dev.reprise.ci.violation.engine.control;

import dev.reprise.ci.violation.engine.step.Doing;

/** Knows a layer above its own, in no circle. */
record Reaching(Doing doing) {}
