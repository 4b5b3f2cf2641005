/**
 * What single instructions do: kernels, casts, subscripts, lists, files, effects, plans that are
 * chosen when sizes are known. One class for each kind; {@link dev.reprise.engine.step.Steps} has
 * those of most operations.
 *
 * <p>Steps are stateless, for any control thread.
 */
package dev.reprise.engine.step;
