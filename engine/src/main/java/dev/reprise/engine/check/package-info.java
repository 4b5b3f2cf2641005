/**
 * What a session watches while operations run, when it is asked to: the first NaN or infinity, and
 * reused values that differ from computed ones.
 *
 * <pre>
 *   kernel ------ outputs --> ValueTrap ------ a trapped value? --> TrapException
 *   cache hit --- value ----> ReuseVerifier -- one of a sample?
 *                                  | compute again (ComparedKernels), ValueComparison
 *                                  v
 *                             within the Tolerance? --no--> ReuseMismatch
 * </pre>
 *
 * <p>A run that ends with one of these says what the value is made of ({@link
 * dev.reprise.engine.check.TraceExcerpt}). Sees of the engine what computes an operation again,
 * {@link dev.reprise.engine.check.Kernels}, and nothing else. Values are borrowed.
 *
 * <p><b>Threads.</b> Any. The verifier counts with adders and keeps a set of keys that only grows;
 * everything else has no state. Looking at cells pins them and may wait for memory, so whoever
 * calls {@code verify} or {@code compare} has nothing pinned.
 */
package dev.reprise.engine.check;
