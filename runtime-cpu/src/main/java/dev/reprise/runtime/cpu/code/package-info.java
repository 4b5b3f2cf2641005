/**
 * Machine code that is made at run time, for the few inner loops that neither the JVM's compiler
 * nor a library has: sums of products in registers, over operands that lie in memory as a
 * convolution needs them, or that are packed for a product of floats; functions and chains of
 * cells; sums and copies of rows and columns.
 *
 * <p>x86-64 with AVX2 and FMA on Linux; elsewhere {@link
 * dev.reprise.runtime.cpu.code.PanelSums#find} gives nothing, and kernels do without.
 */
package dev.reprise.runtime.cpu.code;
