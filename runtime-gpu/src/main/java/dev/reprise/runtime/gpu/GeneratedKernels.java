package dev.reprise.runtime.gpu;

/**
 * Kernels whose text was made at run time.
 *
 * @param text in the {@link Language} of the backend that is to run them, complete but for the
 *     prelude of C; the key under which it keeps them
 */
public record GeneratedKernels(String text) {

  /** What a backend makes kernels from at run time. */
  public enum Language {
    /** The C of files of kernels. */
    C,
    /** The assembly language of NVIDIA's GPUs. */
    PTX
  }
}
