/**
 * The compiled program: procedures of blocks of instructions over numbered slots.
 *
 * <pre>
 *   Program -> Procedure (main, functions) -> Block (Straight | If | While | For | ParFor)
 *                                                -> Instruction (Compute | Call | Copy)
 * </pre>
 *
 * <p>An instruction names its inputs and outputs by <em>operand number</em>: {@code n >= 0} is slot
 * n of the procedure (a variable or a temporary), {@code n < 0} is constant {@code ~n} of the
 * procedure's constant pool. Temporaries have no name, are written once and read once.
 */
package dev.reprise.language.program;
