/**
 * Operations that are put off to their only reader: computed with it in one loop, or not at all.
 *
 * <pre>
 *   FusableStep: defer -- a Deferred value in the variable -- its reader:
 *       FusableStep  FusedCall -- Fusion: probe -- FusedExecution: one loop, or one kernel, or
 *                    the cells that a compressed matrix masks (Masking, ProductStep)
 *       AskingStep   asks for its own value before it has its operands computed
 * </pre>
 *
 * <p>Deferred values are never seen by any other step, and belong to one control thread.
 */
package dev.reprise.engine.fusion;
