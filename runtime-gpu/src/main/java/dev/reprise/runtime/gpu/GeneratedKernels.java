package dev.reprise.runtime.gpu;

/**
 * Kernels whose text was made at run time.
 *
 * @param text a complete program but for its prelude; the key under which a backend keeps it
 */
public record GeneratedKernels(String text) {}
