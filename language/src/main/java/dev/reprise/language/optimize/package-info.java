/**
 * Rewrites of compiled procedures, between lowering and liveness: from blocks to blocks, each pass
 * in a file of its own.
 *
 * <pre>
 *   blocks -> constants -> simplifications, common subexpressions -> plans -> unmarking -> blocks
 * </pre>
 *
 * <p>Rules of the house: an operation that fails still fails at its position, so an operation is
 * taken out only when its operands are proven to suit it. A rewrite that may change the last bits
 * of a result is used with {@code --numerics default} only. What depends on shapes is left to the
 * engine as a <em>plan</em>: an instruction with the plain ones that it may stand for. The table of
 * all rewrites with their conditions is in {@code docs/rewrites.md}.
 */
package dev.reprise.language.optimize;
