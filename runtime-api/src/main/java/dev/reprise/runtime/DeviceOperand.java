package dev.reprise.runtime;

/**
 * What a kernel of an accelerator reads and writes: a scalar, or a matrix in its memory. It may
 * also read a number there.
 */
public sealed interface DeviceOperand permits Scalar, DeviceMatrix, DeviceSparse, DeviceNumber {}
