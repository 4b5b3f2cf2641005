/**
 * The experiment store: nothing is computed twice, across runs and people.
 *
 * <pre>{@code
 * program's known operations --> plan: load or compute? --> engine
 *           ^                                                 |
 *           | artifacts that exist, and what loading costs    | traces, costs
 *           |                                                 v
 * artifacts kept  <-- materialise: what is worth its bytes? <-- experiment graph
 * }</pre>
 *
 * <p>{@link dev.reprise.store.plan} and {@link dev.reprise.store.materialise} hold pure functions
 * over graphs of numbers; they know no files, processes or values.
 */
package dev.reprise.store;
