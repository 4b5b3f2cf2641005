/**
 * Products and factorisations.
 *
 * <pre>
 *   op(A) op(B):   output tiles, each one call of BLAS          few tiles and a long inner dimension:
 *   +----+----+----+                                            inner chunks, one partial each,
 *   | t0 | t1 | t2 |   tile edges follow from m, n, k alone     C = P0 + P1 + P2 + ... in this order
 *   +----+----+----+
 * </pre>
 */
package dev.reprise.runtime.cpu.linalg;
