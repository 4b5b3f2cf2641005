/**
 * The vocabulary that every module shares: values, shapes, operations and the device contract.
 *
 * <pre>
 *   Value      what a program names: Scalar | MatrixValue | FrameValue | ListValue   (logical, counted)
 *     | pin
 *   Operand    what a kernel sees:   Scalar | DenseMatrix | SparseMatrix | Frame    (physical, in one memory)
 *     | Device.execute(Operation, operands, context)
 *   Operand    what a kernel makes
 * </pre>
 *
 * <p>Values are immutable. A {@link dev.reprise.runtime.MatrixValue} is counted by references
 * because its bytes live outside the Java heap; scalars and frames live on the heap, where counts
 * do nothing, but a frame notes that it has got a second holder.
 */
package dev.reprise.runtime;
