/**
 * Accelerators: one set of kernels, written once for OpenCL C and CUDA C, and a backend for each.
 *
 * <pre>{@code
 * Accelerator (runtime-api)
 *    KernelAccelerator ---- DeviceKernels: opcode -> DeviceKernel     (.kernel: families of kernels)
 *         |                                             |
 *         |                                        KernelCall: results, scratch, launches
 *         v                                             v
 *      Backend: memory, copies, launches, marks <-------+
 *         ^-- RepeatingBackend --> IterationUnderWay: holds launches back that come again
 *         |        |
 *         |        v the device itself
 *         ^-- .opencl        ^-- .cuda
 * }</pre>
 *
 * <p>A family's host code chooses kernels and sizes; the kernels themselves are resources in the
 * folder {@code kernels}, in the part of C that both languages share, behind the names of a prelude
 * ({@code KERNEL}, {@code GLOBAL}, {@code REAL}, {@code FIRST}, {@code STEP} and so on).
 */
package dev.reprise.runtime.gpu;
