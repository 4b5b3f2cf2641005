/**
 * Matrices from numbers: random ones, filled ones, sequences, tables.
 *
 * <pre>
 *   seed, stream, block --Philox--> 128 random bits --> cells 2 block and 2 block + 1
 * </pre>
 *
 * <p>A random cell depends on the seed, its position and the distribution alone: any chunk may be
 * made anywhere, in any order, on any device.
 */
package dev.reprise.runtime.cpu.create;
