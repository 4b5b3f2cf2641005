/**
 * Element-wise operations, and the same operations on scalars.
 *
 * <pre>
 *   BinaryKernel, UnaryKernel, IfElseKernel    shapes, broadcasting; DenseCells: chunks
 *        |                  \
 *        |                   ScalarFunctions   opcode -> function of scalars, result types
 *        v                  /
 *   Loops: opcode -> BinaryLoop | UnaryLoop    one class per operator, holding its tight loops
 *
 *   FloatCells                                 from floats to floats, by
 *   FloatLoops: opcode -> FloatBinary | FloatUnary   the bits of Loops, rounded
 * </pre>
 *
 * <p>A scalar and a cell are computed by the same code and give the same bits, but for {@code
 * sigmoid} and {@code tanh}, whose vector code may give a neighbouring number.
 */
package dev.reprise.runtime.cpu.cell;
