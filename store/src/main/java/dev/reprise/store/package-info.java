/**
 * The experiment store: nothing is computed twice, across runs and people.
 *
 * <pre>
 *   program's known operations --> plan: load or compute? --> engine
 *             ^                                                 |
 *             | artifacts that exist, and what loading costs    | traces, costs
 *             |                                                 v
 *   artifacts kept  <-- materialise: what is worth its bytes? <-- experiment graph
 * </pre>
 *
 * <p>{@link dev.reprise.store.plan} holds pure functions over graphs of numbers; neither it nor
 * what chooses artifacts knows files, processes or values.
 */
package dev.reprise.store;
