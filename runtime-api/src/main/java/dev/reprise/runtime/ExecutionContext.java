package dev.reprise.runtime;

/**
 * What a kernel may use besides its operands. Nothing here may change a result: results depend on
 * operation and operands alone, also when {@link #threads} differs.
 *
 * @param allocator memory for outputs and scratch
 * @param threads how many threads the kernel may use, itself included; at least 1
 */
public record ExecutionContext(Allocator allocator, int threads) {}
