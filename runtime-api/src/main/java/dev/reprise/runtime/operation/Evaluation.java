package dev.reprise.runtime.operation;

/** Who evaluates an opcode, and what it may depend on. */
public enum Evaluation {
  /** A pure function of attributes and operands; runs as a kernel on a device. */
  KERNEL,
  /** A pure function answered by the engine from values' structure, without touching cells. */
  STRUCTURE,
  /** Brings in outside content; its item carries the content's fingerprint. */
  SOURCE,
  /** Changes or observes the outside world, or ends the program; never traced, never reused. */
  EFFECT
}
