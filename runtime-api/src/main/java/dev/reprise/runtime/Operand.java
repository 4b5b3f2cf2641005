package dev.reprise.runtime;

/**
 * What a kernel reads and writes: a scalar, a frame, or a matrix whose cells lie in one memory and
 * stay there for the duration of the call.
 */
public sealed interface Operand permits Scalar, MatrixOperand, Frame {}
