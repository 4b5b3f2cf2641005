/**
 * The host device: the reference for correctness, and the device that is always there.
 *
 * <pre>
 *   CpuDevice.execute(operation, operands, context)
 *       |  KernelTable: opcode name -> Kernel         (looked up, never switched)
 *       v
 *   linalg   nn   create   cell   aggregate   shape   frame   one package per family of kernels
 *       \    |      |      |        |         /
 *        Parallel: fixed chunks of the work over the device's worker threads
 *       |
 *   blas: OpenBLAS by the foreign-function interface, one thread per call
 *   code: inner loops of convolutions in machine code made at run time
 * </pre>
 *
 * <p>Two rules hold for every kernel. A result depends on operation and operands alone: work is cut
 * into chunks by shape, never by the number of threads, and partial results are added in the order
 * of the chunks. A kernel that throws leaves nothing allocated.
 */
package dev.reprise.runtime.cpu;
