/**
 * Partial reuse: values put together from cached parts when the whole is not cached.
 *
 * <pre>
 *   probe(tsmm(cbind(X, d)))  ->  Claim, full reuse missed
 *                                   |
 *              rewrites of "tsmm", in order: pattern, condition --> a term each
 *                                   |
 *          [ tsmm(X)    t(X) d  ]   | tsmm(X) found in the cache, the rest to be computed
 *          [ t(t(X) d)  t(d) d  ]   | estimated cost below that of execution?
 *                                   |
 *                       evaluate under the claim; complete it under the original key
 * </pre>
 *
 * <p>A {@link dev.reprise.cache.rewrite.Rewrite} is one file: a pattern over the operation and what
 * is known of its operands ({@link dev.reprise.cache.rewrite.Facts}), and a compensation, which is
 * a {@link dev.reprise.cache.rewrite.Term}: a small graph of kernels, slices and blocks over
 * operands, their parts, and cached values. {@link dev.reprise.cache.rewrite.Planner} builds terms,
 * looks their keys up, and applies rewrites to the parts again, so nested appends need nothing
 * special.
 *
 * <p>{@link dev.reprise.cache.rewrite.BoundMatrix} is what makes this pay: {@code cbind} and {@code
 * rbind} keep their parts and copy no cell before somebody reads the whole.
 *
 * <p>Terms hold keys, never lineage items: nothing here retains a trace. Look-ups claim nothing, so
 * evaluating a term waits for nobody.
 */
package dev.reprise.cache.rewrite;
